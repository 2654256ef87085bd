import { isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, type YAMLMap } from 'yaml';

import { isDigest } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import { compareText, listed } from '../../base/text.ts';
import { EDGE_KINDS } from '../model.ts';
import { readYaml, type Yaml } from '../documents/read-yaml.ts';
import { didYouMean, NearestName } from '../nearest-name.ts';
import { type GraphLock, LOCK_VERSION, type LockedNeed, type LockedTask } from './graph-lock.ts';

const TASK_KINDS = ['scaffold', 'contract', 'component', 'integration', 'assemble', 'verification', 'gate', 'work'] as const;
const PRIORITIES = ['P0', 'P1', 'P2', 'P3', 'P4'] as const;

/** Reads a lock strictly: what is missing, unknown, doubled or of the wrong kind throws `LOCK_INVALID` with file and line. */
export function readLock(text: string, file: string): GraphLock {
  return new LockReader(text, file).read();
}

/** Whether it says that it is a lock of this version, whatever else has become of it. */
export function isOwnLock(text: string): boolean {
  return OWN.test(text);
}

const OWN = new RegExp(`^lockVersion: ${LOCK_VERSION}\\r?$`, 'm');
const ANEW = 'Restore it, or accept the graph anew by `spec-kit plan BUNDLE --lock`.';
const FOREIGN = 'Restore it, or move it away: another program, or a newer version of this one, has written it.';

type Fields = ReadonlyMap<string, { value: Node | null; at: Node }>;

class LockReader {
  readonly #text: string;
  readonly #file: string;
  readonly #lines = new LineCounter();

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  read(): GraphLock {
    this.#refuseConflict();
    const { contents, fault } = this.#parse();
    if (fault !== undefined) throw this.#invalid(fault.message, fault.offset);
    this.#refuseVersion(contents);
    const fields = this.#fields(contents, ['lockVersion', 'specification', 'dialect', 'tasks']);
    return {
      specification: this.#textOf(fields, 'specification'),
      dialect: this.#textOf(fields, 'dialect'),
      tasks: this.#tasks(fields.get('tasks')?.value ?? null),
    };
  }

  #parse(): Yaml {
    try {
      return readYaml(this.#text, { lines: this.#lines });
    } catch {
      // The parser recurses: thousands of open brackets end its stack.
      throw this.#invalid('it is nested too deeply', 0);
    }
  }

  /** Git's marks are no YAML, but the parser would complain about anything but them. */
  #refuseConflict(): void {
    const found = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \t].*)?\r?$/m.exec(this.#text);
    if (found === null) return;
    const line = this.#text.slice(0, found.index).split('\n').length;
    throw new NexusError('LOCK_INVALID', `${this.#file} has an unresolved merge conflict on line ${line}.`, {
      hint: 'Settle the specification, then write the lock again by `spec-kit plan BUNDLE --lock`.',
      details: { file: this.#file, line },
    });
  }

  /** Before anything else: what another version holds is not known. */
  #refuseVersion(node: Node | null): void {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === 'lockVersion') : undefined;
    const version = isScalar(pair?.value) ? pair.value.value : undefined;
    if (version === LOCK_VERSION) return;
    const at = isScalar(pair?.key) ? pair.key : node;
    if (typeof version === 'number' && version > LOCK_VERSION) {
      throw this.#invalid(`it has version ${version}, and this program knows ${LOCK_VERSION}`, at);
    }
    throw this.#invalid(pair === undefined ? '`lockVersion` is missing' : `\`lockVersion\` must be ${LOCK_VERSION}`, at);
  }

  #tasks(node: Node | null): LockedTask[] {
    if (!isMap(node)) throw this.#invalid('`tasks` must be a mapping from ids to tasks', node);
    const tasks = [...this.#entries(node)].map(([id, { value }]) => this.#task(id, value));
    const ids = new Set(tasks.map((task) => task.id));
    for (const task of tasks) {
      const unknown = task.needs.find((need) => !ids.has(need.task));
      if (unknown !== undefined)
        throw this.#invalid(`\`${task.id}\` needs \`${unknown.task}\`, which is no task of the lock`, node);
    }
    return tasks.toSorted((a, b) => compareText(a.id, b.id));
  }

  #task(id: string, node: Node | null): LockedTask {
    const keys = ['title', 'kind', 'milestone', 'priority', 'profile', 'fragment'];
    const fields = this.#fields(node, keys, ['sourceId', 'optional', 'writes', 'requirements', 'controls', 'needs']);
    const fragment = this.#textOf(fields, 'fragment');
    if (!isDigest(fragment)) throw this.#invalid('`fragment` must be a digest', fields.get('fragment')?.value);
    return {
      id,
      ...(fields.has('sourceId') ? { sourceId: this.#textOf(fields, 'sourceId') } : {}),
      title: this.#textOf(fields, 'title'),
      kind: this.#oneOf(fields, 'kind', TASK_KINDS),
      optional: this.#flag(fields, 'optional'),
      milestone: this.#textOf(fields, 'milestone'),
      priority: this.#oneOf(fields, 'priority', PRIORITIES),
      profile: this.#textOf(fields, 'profile'),
      fragment,
      writes: this.#list(fields, 'writes').map((item) => this.#string(item, 'writes')),
      requirements: this.#list(fields, 'requirements').map((item) => this.#string(item, 'requirements')),
      ...(fields.has('controls') && { controls: this.#list(fields, 'controls').map((item) => this.#string(item, 'controls')) }),
      needs: this.#list(fields, 'needs').map((item) => this.#need(item)),
    };
  }

  #need(node: Node): LockedNeed {
    const fields = this.#fields(node, ['task', 'kind', 'because']);
    return {
      task: this.#textOf(fields, 'task'),
      kind: this.#oneOf(fields, 'kind', EDGE_KINDS),
      because: this.#textOf(fields, 'because'),
    };
  }

  /** The members of a mapping that has all of the required keys and no others than these and the optional ones. */
  #fields(node: Node | null | undefined, required: readonly string[], optional: readonly string[] = []): Fields {
    if (!isMap(node)) throw this.#invalid(`a mapping with ${listed(required)} is wanted`, node);
    const fields = this.#entries(node);
    const known = [...required, ...optional];
    for (const [key, { at }] of fields) {
      if (known.includes(key)) continue;
      throw this.#invalid(`\`${key}\` is not known`, at, didYouMean(new NearestName(() => known).nearest(key)));
    }
    const missing = required.find((key) => !fields.has(key));
    if (missing !== undefined) throw this.#invalid(`\`${missing}\` is missing`, node);
    return fields;
  }

  #entries(node: YAMLMap): Fields {
    const entries = (node as YAMLMap<ParsedNode, ParsedNode | null>).items.map(({ key, value }) => {
      if (!isScalar(key) || typeof key.value !== 'string') throw this.#invalid('a name is wanted', key);
      return [key.value, { value, at: key }] as const;
    });
    return new Map(entries);
  }

  #list(fields: Fields, key: string): Node[] {
    const field = fields.get(key);
    if (field === undefined) return [];
    if (!isSeq<Node>(field.value)) throw this.#invalid(`\`${key}\` must be a list`, field.at);
    return field.value.items;
  }

  #textOf(fields: Fields, key: string): string {
    return this.#string(fields.get(key)?.value ?? null, key, fields.get(key)?.at);
  }

  #string(node: Node | null, key: string, at: Node | undefined = node ?? undefined): string {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    throw this.#invalid(`\`${key}\` must be a text`, at);
  }

  #flag(fields: Fields, key: string): boolean {
    const field = fields.get(key);
    if (field === undefined) return false;
    if (isScalar(field.value) && typeof field.value.value === 'boolean') return field.value.value;
    throw this.#invalid(`\`${key}\` must be true or false`, field.at);
  }

  #oneOf<T extends string>(fields: Fields, key: string, allowed: readonly T[]): T {
    const text = this.#textOf(fields, key);
    const found = allowed.find((each) => each === text);
    if (found === undefined) throw this.#invalid(`\`${key}\` must be one of ${listed(allowed)}`, fields.get(key)?.value);
    return found;
  }

  #invalid(reason: string, at: Node | number | null | undefined, tip = ''): NexusError {
    const offset = typeof at === 'number' ? at : (at?.range?.[0] ?? 0);
    const { line, col: column } = this.#lines.linePos(offset);
    return new NexusError('LOCK_INVALID', `${this.#file} is no lock file: ${reason}.`, {
      hint: `${tip}${isOwnLock(this.#text) ? ANEW : FOREIGN}`,
      details: { file: this.#file, line: Math.max(1, line), column: Math.max(1, column) },
    });
  }
}
