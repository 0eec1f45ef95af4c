import { page } from "../../../rehearsal/report/page";
import { good, row } from "./example";

const html = page(good);

test("the page loads nothing and has no script", () => {
  expect(html).not.toMatch(/<script|<link|src=|url\(|https?:/);
});

test("each fault has a timeline, and a table with the same numbers as the marks", () => {
  expect(html.match(/<svg /g)).toHaveLength(3);
  const kill = html.slice(html.indexOf("<h2>kill"), html.indexOf("<h2>promotion"));
  expect(kill).toContain('text-anchor="middle">2</text>');
  expect(kill).toContain("<td>2</td><td>3.0 s</td><td>agent: in sync</td>");
});

test("a heading and a result are not repeated as events", () => {
  expect(html).not.toContain("<td>kill: kill -9</td>");
  expect(html).not.toContain("<td>back after 1.2 s</td>");
});

test("pauses of several shards at the same time are one band, with its length", () => {
  expect(html.match(/writes paused, [\d.]+ s/g)).toEqual(["writes paused, 1.0 s"]);
});

test("the conclusion is at the top, and names what is wrong", () => {
  expect(html).toContain("0 acknowledged writes lost, nothing is left behind");
  expect(html).not.toContain("<strong>");
  const bad = page({ ...good, rows: [{ ...row, lost: 2 }], error: "no answer\nat line 3" });
  expect(bad).toContain("<strong>Not as it must be.</strong>");
  expect(bad).toContain("2 acknowledged writes lost");
  expect(bad).toContain("The run ended early: no answer</p>");
});

test("texts are escaped", () => {
  expect(page({ ...good, title: `<b a="1">&` })).not.toContain("<b a");
});

test("a run without any fault has a page, too", () => {
  expect(page({ ...good, rows: [] })).toContain("The whole run");
});
