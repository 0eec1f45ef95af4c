import { ApiError } from "./api-error";
import { answer, type ApiDefaults, fill } from "./defaults";
import { type Ids } from "./ids";
import { at, isObject, type Json, type JsonObject, merge, stringAt } from "./json";
import { problemsOf } from "./validation";

/** Returns the time. Tests pass their own clock. */
export type Clock = () => Date;

/** The options of a PUT, from its query string. */
export interface UpdateOptions {
  /** Resume paused stateful instances. */
  readonly shouldResumeStateful?: boolean;
}

/** Called when a group changes, to change its instances. */
export interface GroupListener {
  created(group: JsonObject): void;
  updated(before: JsonObject, after: JsonObject, options: UpdateOptions): void;
  deleted(group: JsonObject, deallocation: JsonObject): void;
}

/** Properties of `Groups`. */
export interface GroupsProps {
  readonly ids: Ids;
  readonly clock: Clock;
  readonly defaults: ApiDefaults;
}

/** Attributes that cannot change after the creation. The API rejects a change, and the provider does so earlier. */
const immutable = ["compute.product", "capacity.unit"];

/** The groups of one account. They are validated, stored, and returned. */
export class Groups {
  private readonly stored = new Map<string, JsonObject>();
  private readonly listeners: GroupListener[] = [];
  private defaults: ApiDefaults;

  constructor(private readonly props: GroupsProps) {
    this.defaults = props.defaults;
  }

  /** Changes the defaults. Stored groups get them at their next PUT; the other differences apply immediately. */
  setDefaults(defaults: ApiDefaults): void {
    this.defaults = defaults;
  }

  /** Subscribes to groups that are created, updated or deleted. */
  listen(listener: GroupListener): void {
    this.listeners.push(listener);
  }

  /** Stores a new group and returns it with its ID and times. */
  create(body: Json | undefined): JsonObject {
    const group = fill(merge({}, sent(body)), this.defaults);
    refuse(group);
    const now = this.props.clock().toISOString();
    const created = { ...group, id: this.props.ids.next("sig"), createdAt: now, updatedAt: now };
    this.stored.set(created.id, created);
    for (const listener of this.listeners) listener.created(created);
    return answer(created, this.defaults);
  }

  /** Stores a group of another API, with its existing ID. */
  restore(group: JsonObject): void {
    refuse(group);
    const id = stringAt(group, "id") ?? this.props.ids.next("sig");
    this.stored.set(id, structuredClone(group));
    for (const listener of this.listeners) listener.created(group);
  }

  /** Stores groups of an earlier run. Their instances are loaded separately. */
  load(groups: readonly JsonObject[]): void {
    for (const group of groups) this.stored.set(stringAt(group, "id") ?? "", structuredClone(group));
  }

  /** All groups as they are stored. */
  get all(): readonly JsonObject[] {
    return [...this.stored.values()];
  }

  /** All groups, as the API returns them. */
  list(): JsonObject[] {
    return [...this.stored.values()].map((group) => answer(group, this.defaults));
  }

  /** A group, as the API returns it. */
  read(id: string): JsonObject {
    return answer(this.get(id), this.defaults);
  }

  /** A group as it is stored. */
  get(id: string): JsonObject {
    const group = this.stored.get(id);
    if (group === undefined) {
      throw ApiError.of(400, "GROUP_DOESNT_EXIST", `Group ${id} does not exist`);
    }
    return group;
  }

  /** Merges a partial body into a group. An invalid result is not stored. */
  update(id: string, body: Json | undefined, options: UpdateOptions = {}): JsonObject {
    const before = this.get(id);
    const merged = fill(merge(before, sent(body)), this.defaults);
    for (const path of immutable) {
      if (at(merged, path) === at(before, path)) continue;
      throw ApiError.of(400, "ValidationError", `"${path}" cannot be changed`, `body:group.${path}`);
    }
    refuse(merged);
    const { id: sameId = id, createdAt = null } = before;
    const after = { ...merged, id: sameId, createdAt, updatedAt: this.props.clock().toISOString() };
    this.stored.set(id, after);
    for (const listener of this.listeners) listener.updated(before, after, options);
    return answer(after, this.defaults);
  }

  /** Deletes a group. Its instances are ended in the background. */
  delete(id: string, body?: Json): void {
    const group = this.get(id);
    const deallocation = at(body, "statefulDeallocation");
    this.stored.delete(id);
    for (const listener of this.listeners)
      listener.deleted(group, isObject(deallocation) ? deallocation : {});
  }
}

function sent(body: Json | undefined): JsonObject {
  const group = at(body, "group");
  if (!isObject(group)) throw ApiError.of(400, "ValidationError", '"group" is required', "body:group");
  return group;
}

function refuse(group: JsonObject): void {
  const problems = problemsOf(group);
  if (problems.length > 0) throw new ApiError(400, problems);
}
