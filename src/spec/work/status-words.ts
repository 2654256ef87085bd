import type { WorkStatus } from '../model.ts';
import { normalWords } from './keywords.ts';

/** What people call how far a task is, parted by `|`: en zh ja ko es pt fr de tr. Lower case, NFKC. */
const WORDS: Record<Exclude<WorkStatus, 'unknown'>, readonly string[]> = {
  todo: [
    'to do|todo|open|new|backlog|pending|planned|ready|ready for dev|ready for development|not started|draft|drafted',
    'approved|contexted|blocked|on hold|hold|deferred|waiting|icebox|next|later|queued|scheduled|optional|proposed',
    '待办|待辦|待开始|待開始|未开始|未開始|未着手|할 일|대기|pendiente|por hacer|pendente|a fazer|à faire|offen|zu erledigen|yapılacak|bekliyor',
  ],
  doing: [
    'in progress|inprogress|doing|started|active|wip|work in progress|in review|review|ready for review|for review|reviewing|code review|pending review|needs review|awaiting review',
    'testing|in testing|qa|verifying|ongoing|in development|developing|executing|partial|partially done|reopened',
    '进行中|進行中|进行|作業中|対応中|진행 중|진행중|en curso|en progreso|em andamento|em progresso|en cours|in arbeit|in bearbeitung|devam ediyor',
  ],
  done: [
    'done|complete|completed|closed|finished|shipped|released|merged|resolved|implemented|delivered|deployed|verified|passed|accepted',
    '完成|已完成|完了|済|済み|완료|완료됨|hecho|completado|terminado|feito|concluído|concluido|terminé|fait|erledigt|fertig|abgeschlossen|tamamlandı|bitti',
  ],
  cancelled: [
    "cancelled|canceled|won't do|wont do|won't fix|wontfix|rejected|duplicate|obsolete|abandoned|archived|dropped|superseded|skipped|invalid|discarded|removed",
    '取消|已取消|キャンセル|中止|취소|취소됨|cancelado|descartado|annulé|abgebrochen|storniert|verworfen|iptal|iptal edildi',
  ],
};

const STATUSES = new Map(
  Object.entries(WORDS).flatMap(([status, words]) =>
    words.flatMap((line) => line.split('|').map((word) => [word, status as WorkStatus] as const)),
  ),
);

/** What a status in words says: `In-Progress`, `✅ Done`, `Done (2026-01-02)`, `done # checked`. Undefined for words that nobody else uses. */
export function statusNamed(words: string): WorkStatus | undefined {
  const plain = normalWords(words.slice(0, 200).replace(/[-_]+/g, ' '))
    .replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
    .trim();
  // A sign parts as well as a comma does: `done ✅ and so on`.
  const head = plain.split(/\s*(?:[([:;,.–—|→#（，。；：]|\p{Extended_Pictographic})/u, 1)[0]?.trim() ?? '';
  return STATUSES.get(plain) ?? STATUSES.get(head);
}
