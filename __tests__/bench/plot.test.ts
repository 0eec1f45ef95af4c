import { barPlot, linePlot, type LinePlot } from "../../bench/plot";

const bars = barPlot({
  title: "Boots <&>",
  axis: "seconds",
  series: ["ours", "theirs"],
  groups: [
    {
      label: "small",
      bars: [
        { parts: [{ series: 0, value: 2 }] },
        {
          parts: [
            { series: 1, value: 4 },
            { series: 0, value: 4 },
          ],
        },
      ],
    },
  ],
});

/** The attribute of each element of a kind, as numbers. */
function numbers(svg: string, element: string, attribute: string): number[] {
  const pattern = new RegExp(`<${element} [^>]*\\b${attribute}="([\\d.]+)"`, "g");
  return [...svg.matchAll(pattern)].map(({ 1: value }) => Number(value));
}

describe("a plot of bars", () => {
  test("draws each part as long as its value, one after the other", () => {
    // After the page and the two squares of the legend.
    const [two = 0, four = 0, other] = numbers(bars, "rect", "width").slice(3);
    expect(four).toBeCloseTo(2 * two, 0);
    expect(other).toBe(four);
    const [first = 0, second = 0, third = 0] = numbers(bars, "rect", "x").slice(2);
    expect([second, third]).toEqual([first, second + four]);
  });

  test("shows the sum of each bar, the label and the axis", () => {
    for (const text of [">2<", ">8<", ">small<", ">seconds<", ">ours<", ">theirs<"])
      expect(bars).toContain(text);
  });

  test("escapes text", () => {
    expect(bars).toContain('<title id="title">Boots &lt;&amp;></title>');
  });

  test("has colors for dark pages", () => {
    expect(bars).toContain("@media (prefers-color-scheme: dark)");
  });
});

const line = (scale: LinePlot["scale"], values: readonly (readonly [number, number])[]) =>
  linePlot({
    ...{ title: "Growth", xAxis: "groups", yAxis: "seconds", scale },
    series: [{ name: "ours", points: values.map(([x, y]) => ({ x, y, low: y / 2, high: y * 2 })) }],
  });

describe("a plot of lines", () => {
  test("has equal steps for equal differences, and begins at zero", () => {
    const svg = line("linear", [
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    const [one = 0, two = 0, three = 0] = numbers(svg, "circle", "cx");
    expect(three - two).toBeCloseTo(two - one, 0);
    expect(svg).toContain(">0<");
  });

  test("has equal steps for equal factors on logarithmic axes", () => {
    const svg = line("logarithmic", [
      [1, 0.2],
      [10, 2],
      [100, 20],
    ]);
    const [low = 0, middle = 0, high = 0] = numbers(svg, "circle", "cy");
    expect(low - middle).toBeCloseTo(middle - high, 0);
    const [one = 0, two = 0, three = 0] = numbers(svg, "circle", "cx");
    expect(three - two).toBeCloseTo(two - one, 0);
  });

  test("shows the range of each point", () => {
    const svg = line("linear", [
      [1, 10],
      [2, 20],
    ]);
    // The line through the points, and one range for each of them.
    expect(svg.match(/class="line l0"/g)).toHaveLength(3);
  });
});
