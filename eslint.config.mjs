import js from "@eslint/js";
import tseslint from "typescript-eslint";

const barrels = ["@cdktf/provider-aws", "@cdktf/provider-spotinst"].map((name) => ({
  name,
  message: `Import from ${name}/lib/<resource>: the barrel costs seconds and hundreds of megabytes.`,
}));

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
  {
    // Arrows go one way: constructs know no config file, no command and no network.
    files: ["constructs/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: barrels, patterns: ["**/config/**", "**/cli/**", "**/cluster/**", "**/rehearsal/**"] },
      ],
    },
  },
);
