import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { LineAccount } from '../../line-account.ts';
import { type Block, type Heading, type Item, itemHead, type Lines, type List, subItems } from '../../markdown/block.ts';
import { boxAt, checkboxIn, isStatusMark } from '../../markdown/checkbox.ts';
import { type Passage, placeIn, plainText } from '../../markdown/passage.ts';
import { reportBoxesIn } from '../../markdown/verbatim.ts';
import type { RequirementKind } from '../../model.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { leadingKeyword, normalWords, says } from '../../work/keywords.ts';
import { reportLegend } from '../../work/marks.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import { kindOf, priorityIn, REQUIREMENT, TABLE_ROW } from './requirement-id.ts';
import { isContinued, isGiven } from './scenario-words.ts';
import { storyId, storyIn } from './sections.ts';

export interface SpecContext {
  diagnostics: DiagnosticList;
  scope: string;
}

/** Reads `spec.md`: user stories with their scenarios, requirements and success criteria; the rest is prose. */
export function readSpec(account: LineAccount, blocks: readonly Block[], context: SpecContext): RequirementDraft[] {
  const reader = new SpecReader(account, context);
  for (const block of blocks) reader.readBlock(block);
  return reader.drafts;
}

class SpecReader {
  readonly drafts: RequirementDraft[] = [];
  readonly #account: LineAccount;
  readonly #context: SpecContext;
  readonly #known = new Set<string>();
  #section = '';
  #label = '';
  #story: { draft: RequirementDraft; level: number; scenarios: number; narrative: boolean } | undefined;

  constructor(account: LineAccount, context: SpecContext) {
    this.#account = account;
    this.#context = context;
  }

  readBlock(block: Block): void {
    if (block.type === 'heading') this.#readHeading(block);
    else if (block.type === 'list') this.#readList(block);
    else if (block.type === 'paragraph') this.#readParagraph(block.text, block);
    else reportBoxesIn(block, this.#account, this.#context.diagnostics);
  }

  #readHeading(heading: Heading): void {
    this.#account.mark(heading, 'heading');
    this.#label = '';
    if (this.#story !== undefined && heading.level <= this.#story.level) this.#story = undefined;
    const title = plainText(heading.text.text);
    if (heading.level > 1 && this.#readStory(heading, title)) return;
    const named = REQUIREMENT.exec(heading.text.text.slice(0, 200));
    if (named !== null && heading.level > 1) return void this.#addRequirement(named, heading.text, heading);
    if (heading.level <= 2 || this.#story === undefined) this.#section = title;
    else this.#label = title;
  }

  #readStory(heading: Heading, title: string): boolean {
    const words = normalWords(title).replace(/^[^\p{L}\p{N}]+/u, '');
    const isStory =
      leadingKeyword(words, 'story') > 0 ||
      /^us-?\d{1,3}(?![\p{L}\p{N}])/u.test(words) ||
      /^[^-–—:：]{0,12}\d{0,2}[.)、]?\s*user story\s+\d/.test(words);
    const number = isStory ? storyIn(words) : undefined;
    if (number === undefined) return false;
    const priority = priorityIn(title);
    const name = title
      .replace(/^.*?\d{1,3}[a-z]?(?![\p{L}\p{N}])\s*[-–—:：.)]?\s*/u, '')
      .replace(/\s*[(（][^()（）]*P\d[^()（）]*[)）]\s*/u, ' ')
      .trim();
    const draft = this.#add({
      kind: 'story',
      sourceId: storyId(number),
      text: name || title,
      head: heading.text,
      lines: heading,
    });
    draft.aliases = [`US-${number}`, `User Story ${number}`];
    if (priority !== undefined) draft.priority = priority;
    this.#account.mark(heading, 'heading', draft.key);
    this.#story = { draft, level: heading.level, scenarios: 0, narrative: false };
    return true;
  }

  #readParagraph(text: Passage, lines: Lines): void {
    this.#label = text.text;
    const story = this.#story;
    if (story === undefined) this.#account.mark(lines, 'prose');
    else {
      this.#account.mark(lines, 'element', story.draft.key);
      story.draft.source.endLine = Math.max(story.draft.source.endLine, lines.endLine);
      if (!story.narrative) story.draft.text = `${story.draft.text}. ${plainText(text.text)}`;
      story.narrative = true;
    }
    const named = REQUIREMENT.exec(text.text.slice(0, 200));
    if (named?.[2] !== undefined || (named !== null && /^[*_]/.test(text.text))) this.#addRequirement(named, text, lines);
    else if (text.text.startsWith('|')) this.#readTable(lines);
    else if (story !== undefined && isGiven(text.text)) this.#addScenario(text, lines);
  }

  /** Tables that list requirements; one that is stated elsewhere too is only mentioned. */
  #readTable({ line, endLine }: Lines): void {
    for (let at = line; at <= endLine; at++) {
      const row = TABLE_ROW.exec(lineText(this.#account.source, at));
      const id = row?.[1];
      if (row === null || id === undefined || this.#known.has(id)) continue;
      const text = (row[2] ?? '').split('|', 1)[0]?.trim() ?? '';
      const head: Passage = { text, file: this.#account.source.path, marks: [{ at: 0, line: at, column: 1 }] };
      if (text !== '') this.#add({ kind: kindOf(id), sourceId: id, text, head, lines: { line: at, endLine: at } });
    }
  }

  #readList(list: List): void {
    let open: RequirementDraft | undefined;
    for (const item of list.items) open = this.#readItem(item, open);
  }

  /** Returns the scenario that the next item may go on with. */
  #readItem(item: Item, open: RequirementDraft | undefined): RequirementDraft | undefined {
    const head = itemHead(item);
    const found = head === undefined ? undefined : this.#draftOf(item, head, open);
    if (found === undefined) {
      const story = this.#story;
      if (story === undefined) this.#account.mark(item, 'prose');
      else this.#account.mark(item, 'element', story.draft.key);
    }
    this.#readInside(item);
    return found;
  }

  #draftOf(item: Item, head: Passage, open: RequirementDraft | undefined): RequirementDraft | undefined {
    const box = checkboxIn(head.text);
    if (box !== undefined && !isStatusMark(box.marker)) return this.#passLegend(item, head, box.marker);
    const text = box?.text ?? head.text;
    const named = REQUIREMENT.exec(text.slice(0, 200));
    if (named !== null && (named[2] !== undefined || /^[*_`[]/.test(text)))
      return this.#addRequirement(named, { ...head, text }, item);
    if (this.#story !== undefined && this.#isScenario(text, item)) {
      if (open?.requirementKind === 'scenario' && isContinued(text)) return this.#goOn(open, text, item);
      return this.#addScenario({ ...head, text }, item);
    }
    if (box === undefined || box.text === '') return undefined;
    return this.#add({ kind: 'checklist', text, head, lines: item });
  }

  #passLegend(item: Item, head: Passage, marker: string): undefined {
    this.#account.settleCheckbox(item.line, 'diagnostic');
    reportLegend(marker, placeIn(head), this.#context.diagnostics);
  }

  #isScenario(text: string, item: Item): boolean {
    if (isGiven(text)) return true;
    const accepted = says(this.#label, 'acceptance') || /^\W{0,4}(?:acceptance|验收|驗收|受け入れ|受入|인수)/i.test(this.#label);
    return (
      accepted &&
      (isContinued(text) || /^[\t >]*\d/.test(lineText(this.#account.source, item.line)) || checkboxIn(text) !== undefined)
    );
  }

  /** `- **When** …` after `- **Given** …`. */
  #goOn(open: RequirementDraft, text: string, item: Item): RequirementDraft {
    open.text = `${open.text} ${plainText(text)}`;
    open.name = shortened(open.text);
    open.source = { ...open.source, endLine: item.endLine };
    this.#account.mark(item, 'element', open.key);
    this.#account.settleCheckbox(item.line, 'criterion');
    return open;
  }

  #addScenario(head: Passage, lines: Lines): RequirementDraft {
    const story = this.#story;
    if (story !== undefined) story.scenarios += 1;
    const draft = this.#add({ kind: 'scenario', text: head.text, head, lines });
    if (story !== undefined) {
      draft.parent = story.draft.key;
      draft.aliases = [`${story.draft.sourceId ?? ''}/AC${story.scenarios}`];
    }
    return draft;
  }

  #addRequirement(named: RegExpExecArray, head: Passage, lines: Lines): RequirementDraft {
    const id = named[1] ?? '';
    const text = head.text.slice(named[0].length);
    const draft = this.#add({ kind: kindOf(id), sourceId: id, text: text || id, head, lines });
    if (/\[NEEDS CLARIFICATION/i.test(text)) {
      const message = `${id} needs clarification, it says.`;
      this.#context.diagnostics.report('SPEC_UNCLEAR', draft.source, {
        message,
        hint: 'Answer the question, and remove the mark.',
      });
    }
    return draft;
  }

  #add({ kind, sourceId, text, head, lines }: Found): RequirementDraft {
    const { line, column, file } = placeIn(head);
    const plain = plainText(text);
    const box = boxAt(lineText(this.#account.source, lines.line), lines.line);
    const draft: RequirementDraft = {
      kind: 'requirement',
      requirementKind: kind,
      key: `${file}:${line}`,
      scope: this.#context.scope,
      name: shortened(plain),
      section: this.#section,
      source: { file, line, column, endLine: lines.endLine },
      text: plain,
      ...(sourceId === undefined ? {} : { sourceId }),
      ...(box === undefined ? {} : { box }),
    };
    this.drafts.push(draft);
    if (sourceId !== undefined) this.#known.add(sourceId);
    this.#account.mark(lines, 'element', draft.key);
    this.#account.settleCheckbox(lines.line, 'criterion');
    return draft;
  }

  /** Blocks under an item; checkboxes there are criteria of their own. */
  #readInside(item: Item): void {
    for (const block of item.blocks) if ('language' in block) reportBoxesIn(block, this.#account, this.#context.diagnostics);
    let open: RequirementDraft | undefined;
    for (const inner of subItems(item)) {
      const head = itemHead(inner);
      const found = head === undefined ? undefined : this.#innerDraft(inner, head, open);
      open = found;
      this.#readInside(inner);
    }
  }

  #innerDraft(inner: Item, head: Passage, open: RequirementDraft | undefined): RequirementDraft | undefined {
    const isOwn =
      checkboxIn(head.text) !== undefined ||
      REQUIREMENT.test(head.text.slice(0, 200)) ||
      (this.#story !== undefined && (isGiven(head.text) || open !== undefined));
    return isOwn ? this.#draftOf(inner, head, open) : undefined;
  }
}

interface Found {
  kind: RequirementKind;
  sourceId?: string;
  text: string;
  head: Passage;
  lines: Lines;
}
