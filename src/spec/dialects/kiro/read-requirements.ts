import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { boxAt } from '../../markdown/checkbox.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { leadingKeyword, normalWords, says } from '../../work/keywords.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import { type CriterionHead, criterionHead, isEars } from './criterion-head.ts';
import { HeadSeries } from './head-series.ts';
import { aliasesOf, type RequirementHead, requirementHead } from './requirement-head.ts';
import { type Row, rowsOf } from './rows.ts';

export interface RequirementsReading {
  requirements: RequirementDraft[];
  title?: string;
}

/** Reads a `requirements.md` or a `bugfix.md`: requirements or stories with their criteria, statements `1.1 WHEN … THEN …`. */
export function readRequirements(account: LineAccount, desk: Desk, scope: string): RequirementsReading {
  return new RequirementsFile(account, scope).read(desk);
}

/** The requirement whose lines are being read. */
interface Current {
  head: RequirementHead;
  draft: RequirementDraft;
  level: number;
  last: number;
}

/** A list of requirements or criteria that stands under no requirement. */
interface FlatList {
  /** Line of the heading it stands under. */
  under: number;
  last: number;
}

const OBJECTIVE = /^(?:objective|goal|目的|目标|目標|목적|amaç|ziel)\s*[:：]/;

/** `NFR-1: …`, `R1.2 (event): …`, `SC-1 – …`. */
const PRINTED = /^[A-Z]{1,4}[-_]?\d[\d.]{0,12}[*_`]{0,3}\s{0,3}(?:\([^()]{0,60}\)\s{0,2})?(?:[*_]{0,2}[:：]|\s?[—–-]\s|[.)]\s)/;

class RequirementsFile {
  readonly #account: LineAccount;
  readonly #scope: string;
  readonly #drafts: RequirementDraft[] = [];
  #title: string | undefined;
  #section = '';
  /** The requirements one is inside of: `4.1` in `4`. */
  #stack: Current[] = [];
  /** Level of the heading under which headings with bare numbers are requirements; 0 outside. */
  #requirementsLevel = 0;
  /** Level of the acceptance heading under which lines are criteria; 0 outside, 7 under a label that is no heading. */
  #acceptance = 0;
  /** How far the criteria being read are indented. */
  #base: number | undefined;
  /** What the next lines go on with. */
  #open: RequirementDraft | undefined;
  #series = new HeadSeries([]);
  #heading = 0;
  /** The one that has the numbers: those of a second list would be the same. */
  #flat: FlatList | undefined;

  constructor(account: LineAccount, scope: string) {
    this.#account = account;
    this.#scope = scope;
  }

  read(desk: Desk): RequirementsReading {
    const { rows } = rowsOf(this.#account, desk);
    this.#series = new HeadSeries(this.#isBugfix ? [] : rows);
    for (const row of rows) {
      if (row.block !== undefined) this.#open = undefined;
      else if (row.heading !== undefined) this.#readHeading(row, row.heading);
      else this.#readLine(row);
    }
    settleRest(this.#account, desk);
    return this.#title === undefined ? { requirements: this.#drafts } : { requirements: this.#drafts, title: this.#title };
  }

  #readHeading(row: Row, { level, title }: { level: number; title: string }): void {
    this.#open = undefined;
    this.#base = undefined;
    this.#heading = row.line;
    if (level === 1 && this.#title === undefined) this.#title = title;
    this.#stack = this.#stack.filter((each) => each.level < level);
    const wasAcceptance = this.#isAcceptance;
    if (this.#acceptance >= level) this.#acceptance = 0;
    if (level <= this.#requirementsLevel) this.#requirementsLevel = 0;
    const head = level > 1 ? this.#headIn(title, row.line) : undefined;
    if (head !== undefined) {
      // Parts of a requirement are often headings beside that of its criteria.
      this.#acceptance = wasAcceptance && this.#current !== undefined ? level : 0;
      return this.#beginRequirement(row, head, level);
    }
    if (says(title, 'acceptance')) this.#acceptance ||= level;
    if (level > 1 && this.#requirementsLevel === 0 && says(title, 'requirement')) this.#requirementsLevel = level;
    this.#section = title;
  }

  /** In a section of requirements, and for parts of one (`4.1` in `4`), a number is enough. */
  #headIn(title: string, line: number): RequirementHead | undefined {
    const isPart = this.#current !== undefined && title.startsWith(`${this.#current.head.number}.`);
    const bare =
      isPart ||
      this.#series.hasStory(line) ||
      (this.#requirementsLevel > 0 && this.#acceptance === 0 && this.#current === undefined);
    return requirementHead(title, { bare: bare && !says(title, 'acceptance') }) ?? this.#series.headOf(title);
  }

  get #current(): Current | undefined {
    return this.#stack.at(-1);
  }

  get #isAcceptance(): boolean {
    return this.#acceptance > 0;
  }

  #beginRequirement(row: Row, head: RequirementHead, level: number): void {
    const parent = this.#current;
    const draft = this.#draft(row, head.title || head.id, {
      requirementKind: head.kind,
      sourceId: head.id,
      aliases: aliasesOf(head),
    });
    if (parent !== undefined) draft.parent = parent.draft.key;
    this.#stack.push({ head, draft, level, last: 0 });
    this.#add(draft, row);
  }

  #readLine(row: Row): void {
    const words = normalWords(plainText(row.text.slice(0, 200)).replace(/^[-*+]\s+/, ''));
    if (this.#readStory(row, words)) return;
    if (
      row.text.length < 100 &&
      /[:：]?[*_]{0,3}[:：]?$/.test(row.text) &&
      /^[*_#]/.test(row.text) &&
      says(words, 'acceptance')
    ) {
      this.#acceptance = 7;
      this.#base = undefined;
      this.#open = undefined;
      return;
    }
    if (this.#readCriterion(row) || this.#readPrinted(row)) return;
    if (this.#account.isOpenCheckbox(row.line)) this.#addCriterion(row, criterionHead(row.text), undefined);
    else this.#goOn(row);
  }

  #readStory(row: Row, words: string): boolean {
    const isStory =
      this.#current !== undefined &&
      ((leadingKeyword(words, 'story') > 0 && /[:：]/.test(words.slice(0, 60))) ||
        OBJECTIVE.test(words) ||
        this.#isForeignStory(row));
    const { draft } = this.#current ?? {};
    if (!isStory || draft === undefined) return false;
    const text = plainText(row.text).replace(/^[^:：]{1,60}[:：]\s*/, '');
    draft.text = draft.text === draft.name ? text || draft.text : `${draft.text} ${text}`;
    if (draft.requirementKind === 'functional') draft.requirementKind = 'story';
    draft.source.endLine = row.line;
    this.#account.mark({ line: row.line, endLine: row.line }, 'element', draft.key);
    this.#open = draft;
    return true;
  }

  /** The first text under a heading in words of no table, behind a label of its own. */
  #isForeignStory({ text }: Row): boolean {
    const { draft, head } = this.#current ?? {};
    return head?.isForeign === true && draft?.text === draft?.name && /^\*\*[^*]{2,60}(?:[:：]\*\*|\*\*[:：])\s*\S/.test(text);
  }

  #readCriterion(row: Row): boolean {
    const head = criterionHead(row.text);
    const isDotted = head.printed?.includes('.') === true;
    if (
      this.#base !== undefined &&
      row.indent > this.#base + 1 &&
      (head.isBullet || !isDotted || !this.#isOwnNumber(head.printed ?? ''))
    )
      return false;
    if (!this.#begins(row, head, isDotted)) return false;
    this.#base ??= row.indent;
    this.#addCriterion(row, head, this.#idOf(head, isDotted));
    return true;
  }

  #begins(row: Row, head: CriterionHead, isDotted: boolean): boolean {
    if (head.printed === undefined)
      return this.#isAcceptance && this.#current !== undefined && (head.isBullet || (row.isFirst && isEars(head.text)));
    if (this.#current === undefined)
      return isDotted ? this.#isBugfix || isEars(head.text) : !head.isBullet && /^\d{1,4}[.)．、]/.test(row.text) && this.#isFlat;
    return this.#isAcceptance || isEars(head.text) || this.#isUnlabelled(head) || (isDotted && this.#isOwnNumber(head.printed));
  }

  /** Statements of a bugfix are told by their numbers, whatever language they are in. */
  get #isBugfix(): boolean {
    return /(?:^|\/)bugfix\.\w+$/i.test(this.#account.source.path);
  }

  /** Whether a list under this heading is all there is in place of requirements with headings. */
  get #isFlat(): boolean {
    return !this.#isBugfix && this.#series.isEmpty && (this.#isAcceptance || this.#requirementsLevel > 0);
  }

  /** Criteria whose heading is in words of no table. */
  #isUnlabelled({ isBullet }: CriterionHead): boolean {
    return !isBullet && this.#current?.head.isForeign === true;
  }

  #isOwnNumber(printed: string): boolean {
    return this.#current !== undefined && printed.startsWith(`${this.#current.head.number}.`);
  }

  /** `<requirement>.<ordinal>`; a list that numbers all its items alike is counted. */
  #idOf({ printed }: CriterionHead, isDotted: boolean): string | undefined {
    const current = this.#current;
    if (current === undefined && !isDotted) return this.#flatId(Number(printed ?? 0));
    if (current === undefined || (isDotted && this.#isOwnNumber(printed ?? ''))) {
      if (current !== undefined) current.last = Math.max(current.last, Number(printed?.split('.').at(-1)));
      return printed;
    }
    if (isDotted) return printed;
    const wanted = Number(printed ?? 0);
    current.last = wanted > current.last ? wanted : current.last + 1;
    return `${current.head.number}.${current.last}`;
  }

  #flatId(number: number): string | undefined {
    this.#flat ??= { under: this.#heading, last: 0 };
    if (this.#flat.under !== this.#heading || number <= this.#flat.last) return undefined;
    this.#flat.last = number;
    return String(number);
  }

  #addCriterion(row: Row, head: CriterionHead, id: string | undefined): void {
    const { draft: parent, head: requirement } = this.#current ?? {};
    const isWhole = requirement === undefined && !this.#isAcceptance && id?.includes('.') === false;
    const draft = this.#draft(row, head.text, {
      requirementKind: id === undefined ? 'acceptance' : isWhole ? 'functional' : 'criterion',
    });
    if (id !== undefined) draft.sourceId = id;
    if (parent !== undefined) draft.parent = parent.key;
    if (id !== undefined && requirement !== undefined) {
      const other = requirement.id === requirement.number ? `R${requirement.number}` : requirement.id;
      draft.aliases = [`${other}.${id.split('.').at(-1) ?? ''}`];
    }
    this.#add(draft, row);
  }

  /** `- **NFR-1**: …` and the like, wherever it stands. */
  #readPrinted(row: Row): boolean {
    const isBullet = /^(?:[-*+]\s+|[*_]{2})/.test(row.text);
    const text = row.text.replace(/^[-*+]\s+/, '').replace(/^(?:\[[^\]]?\]\s*)?[*_`]{0,3}/, '');
    const head =
      isBullet && PRINTED.test(text) ? requirementHead(text.replace(/^(\S{1,20}?)[*_`]{1,3}/, '$1'), { bare: false }) : undefined;
    if (head === undefined || head.title === '') return false;
    const current = this.#current;
    const isPart = current !== undefined && head.id.startsWith(`${current.head.id}.`);
    const draft = this.#draft(row, head.title, { requirementKind: isPart ? 'criterion' : head.kind, sourceId: head.id });
    if (current !== undefined) draft.parent = current.draft.key;
    this.#add(draft, row);
    return true;
  }

  #goOn(row: Row): void {
    const draft = this.#open;
    const isPart = draft !== undefined && (!row.isFirst || row.indent > (this.#base ?? 0) + 1);
    if (!isPart) {
      this.#open = undefined;
      return;
    }
    draft.text = `${draft.text} ${plainText(row.text)}`;
    draft.source.endLine = row.line;
    this.#account.mark({ line: row.line, endLine: row.line }, 'element', draft.key);
  }

  #draft(row: Row, text: string, more: Pick<RequirementDraft, 'requirementKind'> & Partial<RequirementDraft>): RequirementDraft {
    const file = this.#account.source.path;
    const plain = plainText(text);
    const source = { file, line: row.line, column: row.indent + 1, endLine: row.line };
    const named = { key: `${file}:${row.line}`, scope: this.#scope, name: shortened(plain), section: this.#section };
    return { kind: 'requirement', ...named, source, text: plain, ...more };
  }

  #add(draft: RequirementDraft, row: Row): void {
    if (this.#account.isOpenCheckbox(row.line)) {
      const box = boxAt(lineText(this.#account.source, row.line), row.line);
      if (box !== undefined) draft.box = box;
      this.#account.settleCheckbox(row.line, 'criterion');
    }
    this.#account.mark({ line: row.line, endLine: row.line }, row.heading === undefined ? 'element' : 'heading', draft.key);
    this.#drafts.push(draft);
    this.#open = draft;
  }
}
