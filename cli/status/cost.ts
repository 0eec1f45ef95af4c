import { type Replica } from "../../cluster/fleet";
import { misuse } from "../misuse";

/** Prices of instance types, in USD an hour. */
export interface Prices {
  readonly onDemand: ReadonlyMap<string, number>;
  readonly spot: ReadonlyMap<string, number>;
}

/** Instances that are paid alike. */
export interface Share {
  readonly lifecycle: "spot" | "on_demand";
  readonly instances: number;
  /** Hours since their launch, summed up. */
  readonly hours: number;
}

/** What the running instances cost, as far as prices are given. */
export interface Cost {
  readonly shares: readonly Share[];
  /** Of all instances with a price; undefined if none has one. */
  readonly usdPerHour: number | undefined;
  /** Of the same instances, if all of them were on-demand; undefined if such a price is missing. */
  readonly usdPerHourOnDemand: number | undefined;
  /** The types without a price, such as `spot r5.large`. */
  readonly unpriced: readonly string[];
}

/** Hours in the month of AWS's price lists. */
export const MONTH = 730;

/** Reads `TYPE=USD` of the options `--price` and `--spot-price`. */
export function pricesOf({ price = [], spotPrice = [] }: Readonly<Record<string, unknown>>): Prices {
  return { onDemand: read("--price", price), spot: read("--spot-price", spotPrice) };
}

function read(option: string, given: unknown): ReadonlyMap<string, number> {
  const texts = given as readonly string[];
  return new Map(
    texts.map((text) => {
      const [, type = "", usd] = /^([a-z0-9.-]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
      if (usd !== undefined) return [type, Number(usd)] as const;
      const message = `\`${option}\` must be TYPE=USD such as r6i.large=0.126, got: ${JSON.stringify(text)}`;
      throw misuse(message);
    }),
  );
}

/** The cost of the instances that run at this time (milliseconds since 1970). */
export function costOf(replicas: readonly Replica[], prices: Prices, now: number): Cost {
  const running = replicas.flatMap(({ instance, stateful }) => (instance ? [{ instance, stateful }] : []));
  const bills = running.map(({ instance, stateful }) => {
    const lifecycle = instance.spotInstanceRequestId === undefined ? "on_demand" : "spot";
    const type = instance.instanceType ?? "unknown type";
    const onDemand = prices.onDemand.get(type);
    const usd = lifecycle === "spot" ? prices.spot.get(type) : onDemand;
    const launched = Date.parse(stateful.launchedAt ?? "");
    return {
      lifecycle,
      type,
      usd,
      onDemand,
      hours: Number.isNaN(launched) ? 0 : (now - launched) / 3_600_000,
    };
  });
  const priced = bills.filter(({ usd }) => usd !== undefined);
  return {
    shares: (["spot", "on_demand"] as const).map((lifecycle) => {
      const here = bills.filter((bill) => bill.lifecycle === lifecycle);
      return { lifecycle, instances: here.length, hours: sum(here.map(({ hours }) => hours)) };
    }),
    usdPerHour: priced.length === 0 ? undefined : sum(priced.map(({ usd = 0 }) => usd)),
    usdPerHourOnDemand:
      priced.length === 0 || priced.some(({ onDemand }) => onDemand === undefined)
        ? undefined
        : sum(priced.map(({ onDemand = 0 }) => onDemand)),
    unpriced: [
      ...new Set(
        bills
          .filter(({ usd }) => usd === undefined)
          .map(({ lifecycle, type }) => `${lifecycle === "spot" ? "spot" : "on-demand"} ${type}`),
      ),
    ],
  };
}

/** The cost in lines. */
export function showCost({ shares, usdPerHour, usdPerHourOnDemand, unpriced }: Cost): string[] {
  const running = shares.map(
    ({ lifecycle, instances, hours }) =>
      `${instances} ${lifecycle === "spot" ? "spot" : "on-demand"} (${hours.toFixed(1)} instance hours since the last launch)`,
  );
  const usd = (hourly: number): string =>
    `${hourly.toFixed(4)} USD an hour, ${(hourly * MONTH).toFixed(2)} USD in ${MONTH} hours`;
  return [
    `Running: ${running.join(", ")}`,
    ...(usdPerHour === undefined ? [] : [`By the given prices: ${usd(usdPerHour)}`]),
    ...(usdPerHour === undefined || usdPerHourOnDemand === undefined
      ? []
      : [`The same instances on-demand: ${usd(usdPerHourOnDemand)}`]),
    ...(unpriced.length === 0
      ? []
      : [`Without a price: ${unpriced.join(", ")}; give \`--price TYPE=USD\` and \`--spot-price TYPE=USD\``]),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
