import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withWebLinks } from "../../packaging/web-links";

const web = (text: string): string => withWebLinks(text, "https://example.com/a.git", "1.2.3");

test.each([
  ["[API.md](API.md)", "[API.md](https://example.com/a/blob/v1.2.3/API.md)"],
  [
    "[limits](docs/instance.md#limits)",
    "[limits](https://example.com/a/blob/v1.2.3/docs/instance.md#limits)",
  ],
  ["[up](docs/../API.md)", "[up](https://example.com/a/blob/v1.2.3/API.md)"],
  ["![picture](docs/overview.svg)", "![picture](https://example.com/a/raw/v1.2.3/docs/overview.svg)"],
  ["[jsii](https://aws.github.io/jsii/)", "[jsii](https://aws.github.io/jsii/)"],
  ["[below](#tests)", "[below](#tests)"],
])("the link %s leads to %s", (before, after) => {
  expect(web(before)).toBe(after);
});

test("the README has no relative link left", () => {
  const readme = web(readFileSync(join(__dirname, "../../README.md"), "utf8"));
  expect(readme).toContain("https://example.com/a/blob/v1.2.3/docs/config.md");
  expect(readme.match(/\]\((?!https:|#)/g)).toBeNull();
});
