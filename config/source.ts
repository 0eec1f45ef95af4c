import { readFileSync } from "node:fs";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { isPrivate } from "../constructs/validation/got";
import { type Path } from "../constructs/validation/path";

/** A position in a file. Lines and columns start at one, as in editors. `byte` counts UTF-16 units from zero. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

/** A problem of a file before its values are read. */
export interface Malformation {
  /** The problem and what to do, after the name of the file. */
  readonly message: string;
  readonly at?: Position;
}

/** The file that stands for standard input. */
export const STDIN = "-";

/** Its name in messages. */
const STDIN_NAME = "stdin";

/** The source text of a config file: its data, and the position of each value. */
export class Source {
  /** Reads a file, or standard input; `.json` is JSON, anything else YAML. */
  public static read(file: string): Source {
    const [name, from] = file === STDIN ? [STDIN_NAME, 0] : [file, file];
    try {
      // It also removes a byte order mark.
      return new Source(name, new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(from)));
    } catch (error) {
      return new Source(name, "", { message: unreadable(error as NodeJS.ErrnoException) });
    }
  }

  public readonly data: unknown;
  public readonly malformations: readonly Malformation[];
  private readonly text: string;
  private document?: Document.Parsed;
  private readonly lines = new LineCounter();

  constructor(
    public readonly file: string,
    text: string,
    unread?: Malformation,
  ) {
    const isJson = file === STDIN_NAME ? isValidJson(text) : file.toLowerCase().endsWith(".json");
    // JSON may be indented with tabs, YAML may not. In valid JSON, a tab is never part of a value.
    this.text = isJson ? text.replaceAll("\t", " ") : text;
    if (unread) {
      this.malformations = [unread];
      return;
    }
    const document = parse(this.text, this.lines);
    const found = [...document.errors, ...document.warnings].map((error) => this.malformation(error, text));
    if (found.length === 0 && isJson) found.push(...this.strictJson(text));
    this.malformations = found;
    try {
      // A copy: the parser returns slices of the file's text, and one wide character makes all of it two bytes wide.
      if (found.length === 0) this.data = JSON.parse(JSON.stringify(document.toJS()));
    } catch {
      found.push(this.badAlias(document));
    }
  }

  /** Whether the file has a value at a path. */
  public has(path: Path): boolean {
    let value = this.data;
    for (const step of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return false;
      value = (value as Record<string | number, unknown>)[step];
    }
    return true;
  }

  /** The position of a value. For a missing value, that of its nearest parent. */
  public position(path: Path): Position {
    return this.locate(path, false);
  }

  /** The position of a key. */
  public keyPosition(path: Path): Position {
    return this.locate(path, true);
  }

  private locate(path: Path, key: boolean): Position {
    // Parsed again for a position: keeping the documents of a hundred valid files would take most of the memory.
    const document = (this.document ??= parse(this.text));
    const resolved = (node: Node | null | undefined): Node | null | undefined =>
      isAlias(node) ? node.resolve(document) : node;
    let node: Node | null | undefined = document.contents;
    let found = node;
    for (const [index, step] of path.entries()) {
      const parent = resolved(node);
      const pair = isMap(parent)
        ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
        : undefined;
      if (isMap(parent)) node = (pair?.value ?? pair?.key) as Node | undefined;
      else node = isSeq(parent) ? (parent.items[Number(step)] as Node | undefined) : undefined;
      if (!node) break;
      found = key && index === path.length - 1 && pair ? (pair.key as Node) : node;
    }
    return this.at(found?.range?.[0] ?? 0);
  }

  private at(byte: number): Position {
    const { line, col } = this.lines.linePos(byte);
    return { line: Math.max(line, 1), column: Math.max(col, 1), byte };
  }

  private malformation(error: YAMLError, text: string): Malformation {
    const at = this.at(error.pos[0]);
    if (error.code === "MULTIPLE_DOCS")
      return {
        at,
        message: "the file must have one document; put the document that begins here into another file",
      };
    if (error.code !== "DUPLICATE_KEY")
      return { at, message: `not well-formed: ${decapitalize(error.message.replace(QUOTED, ""))}` };
    const key = /^[^\s:"']+|^"[^"]*"|^'[^']*'/.exec(text.slice(at.byte))?.[0] ?? "key";
    return { at, message: `\`${key.replace(/^["']|["']$/g, "")}\` must be given once; remove one of them` };
  }

  /** The first alias without an anchor. Otherwise the aliases are circular or too many. */
  private badAlias(document: Document.Parsed): Malformation {
    let first: Alias | undefined;
    let isSecret = false;
    visit(document, {
      Alias: (_, alias, parents) => {
        if (alias.resolve(document)) return undefined;
        first = alias;
        isSecret = isPrivate(
          parents.flatMap((each) => (isPair(each) && isScalar(each.key) ? [String(each.key.value)] : [])),
        );
        return visit.BREAK;
      },
    });
    if (!first) return { message: "aliases must not be circular or expand to thousands of values" };
    const at = this.at(first.range?.[0] ?? 0);
    if (isSecret)
      return { at, message: "an alias must name an anchor above it; put a text with `*` in quotes" };
    return {
      at,
      message: `\`*${first.source}\` must refer to an anchor above it, such as \`&${first.source}\``,
    };
  }

  /** Syntax that is valid in YAML and not in JSON, such as a trailing comma. */
  private strictJson(text: string): Malformation[] {
    try {
      JSON.parse(text);
      return [];
    } catch (error) {
      const { message } = error as Error;
      const at = /at position (\d+)/.exec(message)?.[1];
      return [
        {
          at: this.at(at ? Number(at) : text.length),
          // Without the surrounding text, which may contain a secret.
          message: `not well-formed JSON: ${decapitalize(message.replace(/, (\.\.\.)?".*" is not valid JSON$/s, ""))}`,
        },
      ];
    }
  }
}

/** What the parser quotes of the file at the end of a message, which may be a secret; but for YAML's own types. */
const QUOTED = /: (?!tag:yaml\.org,2002:(set|omap|pairs|binary|timestamp)$).*$/s;

function parse(text: string, lineCounter?: LineCounter): Document.Parsed {
  return parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    // `<<: *shared` is not part of YAML 1.2, but most parsers still support it.
    merge: true,
    // For example !!set, which has no JSON equivalent.
    resolveKnownTags: false,
  });
}

/** Standard input has no name that ends with `.json`. */
function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function unreadable(error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return "there is no such file; name another with --config";
  if (error.code === "EISDIR") return "this is a directory; name the file in it with --config";
  if (error.code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "the file must be text in UTF-8";
  return `the file cannot be read (${error.code ?? error.message})`;
}

function decapitalize(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
