import { type Digest, isDigest } from '../../base/digest.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Entry } from '../log/entry.ts';
import { PRODUCT_SUBJECT } from './gate.ts';
import { resource, type Statement, statement, subjectOf } from './statement.ts';

/** `schemas/predicates/approval-v0.1.schema.json`. */
export const APPROVAL = 'https://agentnexus.dev/attestations/approval/v0.1';

/** Names the specification among the subjects: what its digest is of is no single file. */
const SPECIFICATION_SUBJECT = '.agentnexus/specification';

/** Entries by which people answer what they were asked: a task or a gate that waits, or with `question` an agent. */
export const APPROVAL_WORDS: readonly string[] = ['word.approve', 'word.reject'];
export const QUESTION_ASKED = 'question.asked';

/** How a word came in: by a command of this machine's user, from a principal of the control plane, or by a tool that an agent called. */
export type Face = 'cli' | 'server' | 'mcp';

/** What somebody said to something that waited for them, as the log has it. */
export interface ApprovalWord {
  entry: Entry;
  task: string;
  /** Id of what was asked for: it counts once. */
  request: string;
  by: string;
  face: Face;
  /** The question of an agent that it answers. */
  question: string | undefined;
}

/** Undefined for what is no such word, or was said to a version that signed none. */
export function readApprovalWord(entry: Entry): ApprovalWord | undefined {
  const { task, data } = entry;
  const { request, by, face, question } = data;
  if (!APPROVAL_WORDS.includes(entry.kind) || task === undefined) return undefined;
  if (typeof request !== 'string' || typeof by !== 'string' || !isFace(face)) return undefined;
  return { entry, task, request, by, face, question: typeof question === 'string' ? question : undefined };
}

export function isFace(value: unknown): value is Face {
  return value === 'cli' || value === 'server' || value === 'mcp';
}

/** What a statement is called in its mission: of several about one thing the last counts. */
export function approvalName({ task, question }: ApprovalWord): string {
  return question === undefined ? `${task}.approval` : `${task}.approval.${question}`;
}

/**
 * That this workspace has recorded somebody's word. Made of entries alone, so that whoever has those can tell what it must say: the word, the specification of
 * the mission's first entry, and the question (`question.asked`) that it answers.
 */
export function approval(
  word: ApprovalWord,
  { mission, specification, asked }: { mission: string; specification: ApprovedSpecification; asked?: Entry | undefined },
): Statement {
  const { entry, by, face, request } = word;
  const { note, product } = entry.data;
  const predicate = {
    approver: { name: by, actor: face === 'mcp' ? 'agent' : 'human', face },
    decision: entry.kind === 'word.approve' ? 'approve' : 'deny',
    ...(typeof note === 'string' && note !== '' && { reason: note }),
    mission: `urn:uuid:${mission}`,
    specification: resource(specification.id, specification.digest),
    about: aboutOf(word, asked),
    decidedOn: entry.at,
    request,
  };
  const subjects = [subjectOf({ path: SPECIFICATION_SUBJECT, digest: specification.digest })];
  if (isDigest(product)) subjects.push(subjectOf({ path: PRODUCT_SUBJECT, digest: product }));
  return statement(APPROVAL, subjects, predicate);
}

export interface ApprovedSpecification {
  id: string;
  digest: Digest;
}

/** As the first entry of a mission has it. */
export function specificationIn({ data }: Entry): ApprovedSpecification | undefined {
  const { id, digest } = isJsonObject(data['specification']) ? data['specification'] : {};
  return typeof id === 'string' && isDigest(digest) ? { id, digest } : undefined;
}

function aboutOf({ entry: { data }, task: id, question }: ApprovalWord, asked: Entry | undefined): JsonObject {
  const task = { id, title: data['title'] ?? '' };
  if (question === undefined) return { kind: data['taskKind'] === 'gate' ? 'gate' : 'task', task };
  const { agent, attempt, action, asks, rule } = asked?.data ?? {};
  const put = Object.entries({ agent, attempt, action, asks, rule }).filter(([, value]) => value !== undefined);
  return { kind: 'action', task, question: { id: question, ...Object.fromEntries(put) } };
}
