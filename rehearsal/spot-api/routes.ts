import { ApiError } from "./api-error";
import { type Groups } from "./groups";
import { type Json, type JsonObject, stringAt, stringsAt } from "./json";
import { actions, health, listed, type StatefulAction, status } from "./stateful-instance";
import { type StatefulInstances } from "./stateful-instances";

/** The objects that the routes use. */
export interface Account {
  readonly groups: Groups;
  readonly statefulInstances: StatefulInstances;
}

/** A request that matches a route. */
interface Call {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
}

/** The items of a response; undefined if it only has a status. */
export interface Answer {
  readonly kind: string;
  readonly items: JsonObject[];
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly run: (account: Account, call: Call) => Answer | undefined;
}

const group = "/aws/ec2/group/(?<group>[^/]+)";
const stateful = `${group}/statefulInstance/(?<stateful>[^/]+)`;

const routes: readonly Route[] = [
  route("GET", "/aws/ec2/group", ({ groups }) => ofGroups(groups.list())),
  route("POST", "/aws/ec2/group", ({ groups }, { body }) => ofGroups([groups.create(body)])),
  route("GET", group, ({ groups }, { parameters }) => ofGroups([groups.read(name(parameters.group))])),
  route("PUT", group, ({ groups }, { parameters, query, body }) => {
    const shouldResumeStateful = query.get("shouldResumeStateful") === "true";
    return ofGroups([groups.update(name(parameters.group), body, { shouldResumeStateful })]);
  }),
  route("DELETE", group, ({ groups }, { parameters, body }) => {
    groups.delete(name(parameters.group), body);
    return undefined;
  }),
  route("GET", `${group}/instanceHealthiness`, (account, { parameters }) => ({
    kind: "spotinst:aws:ec2:group:instanceHealthiness",
    items: instancesOf(account, name(parameters.group)).flatMap(health),
  })),
  route("GET", `${group}/status`, (account, { parameters }) => {
    const id = name(parameters.group);
    const product = stringAt(account.groups.get(id), "compute.product") ?? "";
    const items = instancesOf(account, id).flatMap((instance) => status(instance, product));
    return { kind: "spotinst:aws:ec2:group:status", items };
  }),
  route("GET", `${group}/statefulInstance`, (account, { parameters }) => ({
    kind: "spotinst:aws:ec2:group:statefulInstance",
    items: instancesOf(account, name(parameters.group)).map(listed),
  })),
  route("PUT", `${stateful}/(?<action>${Object.keys(actions).join("|")})`, (account, { parameters }) => {
    const id = name(parameters.group);
    account.groups.get(id);
    account.statefulInstances.perform(parameters.action as StatefulAction, id, name(parameters.stateful));
    return undefined;
  }),
  route("DELETE", `${stateful}/volume/(?<volume>[^/]+)`, ({ statefulInstances }, { parameters }) => {
    const { group: id, stateful: instance, volume } = parameters;
    statefulInstances.deleteVolume(name(id), name(instance), name(volume));
    return undefined;
  }),
  route("POST", "/aws/ec2/instance/interruption", ({ statefulInstances }, { body }) => {
    const field = "instancesToInterrupt";
    const instances = stringsAt(body, field);
    if (instances.length === 0) {
      throw ApiError.of(400, "ValidationError", `"${field}" is required`, `body:${field}`);
    }
    statefulInstances.interrupt(instances);
    return undefined;
  }),
];

/** Finds the route of a request and runs it. Throws an `ApiError` if the API would reject the request. */
export function answerOf(
  account: Account,
  method: string,
  url: URL,
  body: Json | undefined,
): Answer | undefined {
  for (const { method: wanted, path, run } of routes) {
    const match = method === wanted ? path.exec(url.pathname) : null;
    if (match !== null)
      return run(account, { parameters: match.groups ?? {}, query: url.searchParams, body });
  }
  throw ApiError.of(404, "NOT_FOUND", `${method} ${url.pathname} is not a route of this API`);
}

/** Whether a request is an update of a group. */
export function isUpdate(method: string, url: URL): boolean {
  return method === "PUT" && new RegExp(`^${group}$`).test(url.pathname);
}

function route(method: string, path: string, run: Route["run"]): Route {
  return { method, path: new RegExp(`^${path}$`), run };
}

function ofGroups(items: JsonObject[]): Answer {
  return { kind: "spotinst:aws:ec2:group", items };
}

function instancesOf({ groups, statefulInstances }: Account, id: string) {
  groups.get(id);
  return statefulInstances.of(id);
}

/** A part of the path that the expression of the route has matched. */
function name(part: string | undefined): string {
  return decodeURIComponent(part ?? "");
}
