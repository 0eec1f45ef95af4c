import { screen } from "../../../rehearsal/report/screen";

test("each line of the text is a line of the picture, escaped", () => {
  const svg = screen("$ npm run rehearse\n  1.0 s  kill: the loss of a host\n  2.0 s  a < b\n");
  expect(svg.match(/<text /g)).toHaveLength(3);
  expect(svg).toContain("a &#60; b");
  expect(svg).toMatch(/class="part">\$ npm/);
});

test("a line that is too long is continued below its text", () => {
  const svg = screen(` 10.0 s  ${"word ".repeat(40)}`);
  expect(svg.match(/<text /g)).toHaveLength(2);
  expect(svg).toMatch(/>\s{9}word/);
});
