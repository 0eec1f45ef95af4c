import { type Command } from "commander";
import { join } from "node:path";
import { BootScript, type InstanceFile } from "../constructs";
import { loadConfigs } from "../config/load";
import { ConfigError } from "../config/problem";
import { fromStacks } from "./assembly";
import { writeFile } from "./write-file";
import { type Context, EXIT, type Exit } from "./command";
import { settingsFile, sizeToJson, userDataSize, userDataText } from "./user-data";

const SETTINGS = "/etc/redis-replica/settings";

export function define(command: Command): void {
  command.option("--files <dir>", "write the files of the instance into DIR instead");
}

/** Prints the user data as plain text, or writes its files. */
export function run({ files, options, output }: Context): Exit {
  if (files.length > 1) {
    throw new ConfigError([
      { file: files[1]!, message: "`--config` must name one file for `render`, got: " + files.length },
    ]);
  }
  const directory = options["files"];
  const loaded = loadConfigs(files);
  const [script] = fromStacks(loaded, (stack) => ({
    tree: [...BootScript.files(), { path: SETTINGS, mode: "0644", content: settingsFile(stack) }],
    text: userDataText(stack),
    object: { name: stack.node.id, user_data: userDataText(stack), ...sizeToJson(userDataSize(stack)) },
  }));
  if (typeof directory === "string") {
    const written = writeTree(directory, script!.tree);
    output.data([], { directory, ...written });
    output.info(`${directory}: ${written.written.length} of ${written.files.length} files written`);
  } else {
    output.document(script!.text, script!.object);
  }
  const [shard, ...others] = loaded[0]!.config.shards ?? [];
  if (others.length > 0)
    output.info(`user data of shard ${shard!.name}; the other shards differ only in the setting SHARD`);
  return EXIT.success;
}

function writeTree(directory: string, tree: readonly InstanceFile[]): { files: string[]; written: string[] } {
  const written = tree.filter(({ path, mode, content }) =>
    writeFile(join(directory, path), content, Number.parseInt(mode, 8)),
  );
  return { files: tree.map(({ path }) => path), written: written.map(({ path }) => path) };
}
