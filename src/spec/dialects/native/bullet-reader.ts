import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { Draft } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { type Item, itemHead, type Lines, subItems, type Verbatim } from '../../markdown/block.ts';
import { type Checkbox, boxAt, checkboxIn, isStatusMark } from '../../markdown/checkbox.ts';
import { joinPassages, type Passage, passageSlice, placeIn } from '../../markdown/passage.ts';
import type { WorkStatus } from '../../model.ts';
import { lineText, type Place } from '../../source-text.ts';
import { reportLegend, reportUnknownMark, statusOf } from '../../work/marks.ts';
import { addField } from './fields.ts';
import { type ElementLabel, type FieldLabel, FIELDS_OF, isKnownLabel, labelled, type Labelled, labelMeant } from './labels.ts';
import { newControl, newElement, newWork, spanFrom } from './new-element.ts';
import { reportVerbatim } from '../../markdown/verbatim.ts';

/** The component, contract or integration that following labels belong to. */
interface Open {
  draft: ReturnType<typeof newElement>;
  seen: Set<FieldLabel>;
}

/** Reads list items into elements. */
export class BulletReader {
  readonly drafts: Draft[] = [];
  section = '';
  readonly #account: LineAccount;
  readonly #diagnostics: DiagnosticList;
  #open: Open | undefined;

  constructor(account: LineAccount, diagnostics: DiagnosticList) {
    this.#account = account;
    this.#diagnostics = diagnostics;
  }

  /** A new section ends the element before it. */
  enterSection(name: string): void {
    this.section = name;
    this.#open = undefined;
  }

  readItem(item: Item): void {
    const head = itemHead(item);
    if (item.tooDeep)
      return this.#refuse('SPEC_TOO_DEEP', item, {
        message: 'The list is nested too deeply to be read.',
        hint: 'Move the inner lists up.',
      });
    if (head === undefined) return this.#readHeadless(item);
    const box = checkboxIn(head.text);
    if (box !== undefined && isStatusMark(box.marker)) return this.#readWork(item, head, box);
    if (box !== undefined) this.#reportLegend(item, head, box);
    const label = labelled(head);
    if (label?.element !== undefined) return this.#readElement(item, label.element, label.rest);
    if (label?.field !== undefined) return this.#readField(item, label);
    const meant = label === undefined ? undefined : labelMeant(label.word);
    if (meant !== undefined) return this.#refuseMisspelt(item, meant);
    this.#readControl(item, head);
  }

  /** `### Component: Name` or `- Component: Name`; the element's fields may follow outside of its own lines. */
  readElementHead(label: ElementLabel, name: Passage, lines: Lines): void {
    const draft = newElement(label, name, { section: this.section, source: spanFrom(name, lines) });
    if (draft.name === '') {
      const message = `There is no name after \`${capital(label)}:\`.`;
      this.#diagnostics.report('SPEC_NAME_MISSING', placeIn(name), {
        message,
        hint: `Write \`- ${capital(label)}: Some Name\`.`,
      });
    }
    this.drafts.push(draft);
    this.#open = { draft, seen: new Set() };
    this.#account.mark(lines, 'element', draft.id);
  }

  /** A labelled paragraph after an element's heading. Returns false if it is none. */
  readLabelledParagraph(text: Passage, lines: Lines): boolean {
    const label = labelled(text);
    if (label?.field === undefined || this.#open === undefined) return false;
    this.#readField({ type: 'item', blocks: [{ type: 'paragraph', text, ...lines }], tooDeep: false, ...lines }, label);
    return true;
  }

  #readHeadless(item: Item): void {
    this.#account.mark(item, 'prose');
    this.#readNested(item);
  }

  #readElement(item: Item, label: ElementLabel, name: Passage): void {
    this.readElementHead(label, name, item);
    for (const inner of subItems(item)) this.#readInner(inner);
    this.#readVerbatims(item);
  }

  /** A bullet under an element: one of its fields, or a bullet of another kind. */
  #readInner(item: Item): void {
    const head = itemHead(item);
    const label = head === undefined ? undefined : labelled(head);
    const isOther = head === undefined || item.tooDeep || checkboxIn(head.text) !== undefined || label?.element !== undefined;
    if (isOther) return this.readItem(item);
    if (label?.field !== undefined) return this.#readField(item, label);
    const meant = label === undefined ? undefined : labelMeant(label.word);
    if (meant !== undefined) return this.#refuseMisspelt(item, meant);
    const message = 'This bullet has no meaning here.';
    this.#refuse('SPEC_LINE_NOT_UNDERSTOOD', item, {
      message,
      hint: `${this.#fieldsHint()} A demand of its own goes into a section of its own.`,
    });
  }

  #readField(item: Item, label: Labelled): void {
    const { field, word } = label;
    const open = this.#open;
    if (field === undefined) return;
    if (open === undefined || !FIELDS_OF[open.draft.kind].includes(field)) {
      const message = `\`${capital(word)}:\` means nothing ${open === undefined ? 'outside of an element' : `in ${article(open.draft.kind)}`}.`;
      return this.#refuse('SPEC_FIELD_MISPLACED', item, { message, hint: this.#fieldsHint() });
    }
    if (open.seen.has(field)) {
      const message = `${open.draft.name} has \`${capital(word)}:\` twice; only the first is read.`;
      return this.#refuse('SPEC_FIELD_REPEATED', item, { message, hint: 'Join the two.' });
    }
    open.seen.add(field);
    open.draft.source.endLine = Math.max(open.draft.source.endLine, item.endLine);
    this.#account.mark(item, 'element', open.draft.id);
    const fence = fencesIn(item)[0];
    const content = {
      entries: [...(label.rest.text === '' ? [] : [label.rest]), ...this.#entriesUnder(item)],
      fence,
      source: this.#account.source,
    };
    addField(open.draft, { label: field, content }, this.#diagnostics);
    if (field !== 'schema' || content.entries.length > 0) this.#readVerbatims(item);
  }

  /** The texts of the bullets under a field; checkboxes among them are tasks. */
  #entriesUnder(item: Item): Passage[] {
    return subItems(item).flatMap((inner) => {
      const head = itemHead(inner);
      if (head === undefined || inner.tooDeep || checkboxIn(head.text) !== undefined) {
        this.readItem(inner);
        return [];
      }
      return [head, ...this.#entriesUnder(inner)];
    });
  }

  #readControl(item: Item, head: Passage): void {
    const text = joinPassages([head, ...this.#plainTextsUnder(item)], ' ') ?? head;
    const control = newControl(text, { section: this.section, source: spanFrom(head, item) });
    this.#open = undefined;
    this.drafts.push(control);
    this.#account.mark(item, 'element', control.id);
    this.#readNestedOther(item);
  }

  /** Texts of the plain bullets under a control: they belong to it. */
  #plainTextsUnder(item: Item): Passage[] {
    return subItems(item).flatMap((inner) => {
      const head = itemHead(inner);
      return head === undefined || isElementOrTask(head) ? [] : [head, ...this.#plainTextsUnder(inner)];
    });
  }

  /** The tasks and elements under a control, at any depth. */
  #readNestedOther(item: Item): void {
    for (const inner of subItems(item)) {
      const head = itemHead(inner);
      if (head === undefined || inner.tooDeep || isElementOrTask(head)) this.readItem(inner);
      else this.#readNestedOther(inner);
    }
    this.#readVerbatims(item);
  }

  #readWork(item: Item, head: Passage, box: Checkbox): void {
    const text = passageSlice(head, head.text.length - box.text.length);
    if (box.text === '') {
      this.#account.settleCheckbox(item.line, 'diagnostic');
      this.#account.mark(item, 'not-understood');
      this.#diagnostics.report('SPEC_CHECKBOX_IGNORED', placeIn(head), {
        message: 'A checkbox without text is no task.',
        hint: 'Say what is to be done, or remove it.',
      });
    } else this.#addWork({ item, text, box });
    this.#readNested(item);
  }

  #addWork({ item, text, box }: { item: Item; text: Passage; box: Checkbox }): void {
    const status = nativeStatus(box.marker);
    if (status === 'unknown') reportUnknownMark(box.marker, placeIn(text), this.#diagnostics);
    const work = newWork(
      text,
      { status, optional: box.optional || box.marker === '*' },
      { section: this.section, source: spanFrom(text, item) },
    );
    const at = boxAt(lineText(this.#account.source, item.line), item.line);
    if (at !== undefined) work.box = at;
    this.drafts.push(work);
    this.#account.mark(item, 'element', work.id);
    this.#account.settleCheckbox(placeIn(text).line, 'task');
    this.#account.settleCheckbox(item.line, 'task');
  }

  /** `- [P] runs in parallel` explains a label; it is read as any other bullet. */
  #reportLegend(item: Item, head: Passage, { marker }: Checkbox): void {
    this.#account.settleCheckbox(item.line, 'diagnostic');
    reportLegend(marker, placeIn(head), this.#diagnostics);
  }

  #readNested(item: Item): void {
    for (const inner of subItems(item)) this.readItem(inner);
    this.#readVerbatims(item);
  }

  #readVerbatims(item: Item): void {
    for (const block of item.blocks) {
      if ('language' in block) reportVerbatim(block, this.#account, this.#diagnostics);
    }
  }

  #refuseMisspelt(item: Item, meant: string): void {
    const message = `The label looks like a misspelt \`${meant}:\`.`;
    this.#refuse('SPEC_LABEL_UNKNOWN', item, {
      message,
      hint: `Did you mean \`${meant}:\`? If it is none, write it without the colon.`,
    });
  }

  /** Reports an item, and leaves its lines as not understood; the tasks in it are read all the same. */
  #refuse(
    code: 'SPEC_TOO_DEEP' | 'SPEC_LABEL_UNKNOWN' | 'SPEC_LINE_NOT_UNDERSTOOD' | 'SPEC_FIELD_MISPLACED' | 'SPEC_FIELD_REPEATED',
    item: Item,
    finding: { message: string; hint: string },
  ): void {
    this.#diagnostics.report(code, placeOf(item, this.#account), finding);
    if (item.tooDeep) return this.#account.refuse(item);
    this.#account.mark(item, 'not-understood');
    this.#readNestedOther(item);
  }

  #fieldsHint(): string {
    if (this.#open === undefined) return 'It goes under `- Component:`, `- Contract:` or `- Integration:`.';
    const { kind } = this.#open.draft;
    return `${capital(article(kind))} has ${FIELDS_OF[kind].map((field) => `\`${capital(field)}:\``).join(', ')}.`;
  }
}

/** The native dialect knows open and ticked boxes only. */
function nativeStatus(marker: string): WorkStatus {
  const status = statusOf(marker);
  return status === 'todo' || status === 'done' ? status : 'unknown';
}

function isElementOrTask(head: Passage): boolean {
  return checkboxIn(head.text) !== undefined || labelled(head)?.element !== undefined;
}

/** Whether a text begins with any label, known or probably meant. */
export function looksLabelled(text: Passage): boolean {
  const label = labelled(text);
  return label !== undefined && isKnownLabel(label);
}

function fencesIn(item: Item): Verbatim[] {
  return item.blocks.flatMap((block) => (block.type === 'fence' ? [block] : []));
}

function placeOf(item: Item, account: LineAccount): Place {
  const head = itemHead(item);
  return head === undefined ? { file: account.source.path, line: item.line, column: 1 } : placeIn(head);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function article(kind: ElementLabel): string {
  return kind === 'integration' ? 'an integration' : `a ${kind}`;
}
