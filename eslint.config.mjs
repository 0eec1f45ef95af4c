import js from "@eslint/js";
import tseslint from "typescript-eslint";

const barrels = ["@cdktf/provider-aws", "@cdktf/provider-spotinst"].map((name) => ({
  name,
  message: `Import from ${name}/lib/<resource>: the barrel costs seconds and hundreds of megabytes.`,
}));

/** What each folder may import besides itself; docs/architecture.md says why. */
const folders = {
  constructs: [],
  config: ["constructs"],
  cli: ["config", "constructs", "cluster"],
  cluster: [],
  packaging: [],
  rehearsal: ["constructs", "cluster"],
  bench: ["rehearsal", "constructs", "cluster"],
  __tests__: ["constructs", "config", "cli", "cluster", "packaging", "rehearsal", "bench"],
};

/** The same for the folders of `constructs/`. */
const foldersOfConstructs = {
  elastigroup: ["validation", "terraform"],
  redis: ["elastigroup", "access", "validation", "terraform"],
  access: ["validation", "terraform"],
  validation: ["terraform"],
  terraform: [],
};

/** Of the constructs, these folders see what users see. */
const users = ["rehearsal", "bench"];
const internals = {
  regex: "^(\\.\\./)+constructs/",
  message: "Import from constructs/ itself: only what it exports is published.",
};

/** Refuses imports, at any depth of a folder, from another folder of the table that is not allowed. */
function only(table, folder, up = "(\\.\\./)+") {
  const allowed = table[folder];
  const refused = Object.keys(table).filter((name) => name !== folder && !allowed.includes(name));
  if (refused.length === 0) return [];
  const message = `${folder} may import only ${allowed.join(", ") || "itself"}.`;
  return [{ regex: `^${up}(${refused.join("|")})(/|$)`, message }];
}

/** Later entries replace earlier ones, so each one has all that holds for its files. */
function imports(files, patterns) {
  return { files: [files], rules: { "no-restricted-imports": ["error", { paths: barrels, patterns }] } };
}

const directions = [
  imports("main.ts", only({ ...folders, "main.ts": ["config", "constructs"] }, "main.ts", "\\./")),
  ...Object.keys(folders).map((folder) =>
    imports(`${folder}/**/*.ts`, [...only(folders, folder), ...(users.includes(folder) ? [internals] : [])]),
  ),
  ...Object.keys(foldersOfConstructs).map((folder) =>
    imports(`constructs/${folder}/**/*.ts`, [
      ...only(folders, "constructs"),
      ...only(foldersOfConstructs, folder, "(\\.\\./)+(constructs/)?"),
    ]),
  ),
];

export default tseslint.config(
  { ignores: ["lib/", "cdktf.out/", "node_modules/", "**/*.cjs", "**/*.mjs"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "no-restricted-imports": ["error", { paths: barrels }],
      eqeqeq: "error",
    },
  },
  {
    // Tests reach into JSON whose shape is what they test.
    files: ["__tests__/**/*.ts"],
    rules: {
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  ...directions,
);
