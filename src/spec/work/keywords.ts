/** What the words of section headings and labels mean, whatever the language: en zh ja ko es pt fr de tr. Lower case, NFKC. */
export const KEYWORDS = {
  phase: [
    'phase',
    'stage',
    'milestone',
    '阶段',
    '階段',
    'フェーズ',
    'ステージ',
    '단계',
    '페이즈',
    'fase',
    'etapa',
    'phase',
    'étape',
    'aşama',
    'aşamalar',
    'faz',
  ],
  story: [
    'user story',
    'story',
    '用户故事',
    '使用者故事',
    'ユーザーストーリー',
    'ユーザストーリー',
    '사용자 스토리',
    '유저 스토리',
    'historia de usuario',
    'história de usuário',
    'história do usuário',
    'récit utilisateur',
    'histoire utilisateur',
    'scénario utilisateur',
    'user story',
    'benutzergeschichte',
    'nutzergeschichte',
    'kullanıcı hikayesi',
    'kullanıcı hikâyesi',
  ],
  requirement: [
    'requirement',
    '需求',
    '要求',
    '要件',
    '요구사항',
    'requisito',
    'exigence',
    'anforderung',
    'gereksinim',
    'gereksinimler',
  ],
  task: ['task', '任务', '任務', 'タスク', '작업', '태스크', 'tarea', 'tarefa', 'tâche', 'aufgabe', 'görev', 'görevler'],
  dependency: [
    'dependency',
    'dependencies',
    'execution order',
    'execution strategy',
    '依赖',
    '依賴',
    '相依',
    '執行順序',
    '执行顺序',
    '依存',
    '実行順',
    '의존',
    '종속',
    '실행 순서',
    'dependencia',
    'dependência',
    'dépendance',
    'abhängigkeit',
    'bağımlılık',
    'bağımlılıklar',
  ],
  /** Lists that tell when a thing is finished, and name nothing to do. */
  acceptance: [
    'acceptance',
    'definition of done',
    'done when',
    'done criteria',
    'success criteria',
    'exit criteria',
    'completion criteria',
    'verification',
    'validation checklist',
    'checklist',
    'quality gate',
    'sign-off',
    'test plan',
    '验收',
    '驗收',
    '完成标准',
    '完成標準',
    '检查清单',
    '檢查清單',
    '受け入れ',
    '受入',
    '完了条件',
    'チェックリスト',
    '인수',
    '완료 기준',
    '완료 조건',
    '체크리스트',
    '검증',
    'aceptación',
    'aceitação',
    'acceptation',
    "critères d'acceptation",
    'liste de contrôle',
    'akzeptanz',
    'akzeptanzkriterium',
    'akzeptanzkriterien',
    'abnahme',
    'abnahmekriterium',
    'abnahmekriterien',
    'critérios de aceite',
    'tamamlanma kriterleri',
    'checkliste',
    'kabul',
    'kontrol listesi',
  ],
  checkpoint: [
    'checkpoint',
    '检查点',
    '檢查點',
    'チェックポイント',
    '체크포인트',
    'punto de control',
    'ponto de verificação',
    'point de contrôle',
    'kontrollpunkt',
    'kontrol noktası',
    'kontrol noktaları',
  ],
  optional: ['optional', '可选', '可選', '任意', 'オプション', '선택', 'opcional', 'facultatif', 'optionnel', 'isteğe bağlı'],
  /** Sections that explain how the file is written. */
  legend: [
    'format',
    'legend',
    'notes',
    'conventions',
    'path conventions',
    '格式',
    '图例',
    '說明',
    '说明',
    '凡例',
    '形式',
    'フォーマット',
    '형식',
    '범례',
    'formato',
    'leyenda',
    'légende',
    'légendes',
    'formatierung',
    'biçim',
  ],
  edgeCase: [
    'edge case',
    '边界',
    '邊界',
    '边缘情况',
    '邊緣',
    'エッジケース',
    '엣지 케이스',
    '예외',
    'caso límite',
    'casos límite',
    'casos extremos',
    'caso de borda',
    'cas limite',
    'cas limites',
    'grenzfall',
    'grenzfälle',
    'uç durum',
  ],
  /** `depends on T012`, at the beginning of an inline mark. */
  dependsOn: [
    'depends on',
    'depend on',
    'depends',
    'dependencies',
    'dependency',
    'deps',
    'requires',
    'blocked by',
    'needs',
    'after',
    '依赖于',
    '依赖',
    '依賴於',
    '依賴',
    '相依於',
    '依存',
    '의존',
    '의존성',
    '선행',
    'depende de',
    'dependencias',
    'dependências',
    'dépend de',
    'dépendances',
    'après',
    'hängt ab von',
    'abhängig von',
    'abhängigkeiten',
    'nach',
    'bağımlı',
    'bağlı',
    'bağımlılıklar',
  ],
  when: [
    'when',
    '当',
    '當',
    '如果',
    'もし',
    'とき',
    '만약',
    '때',
    'cuando',
    'quando',
    'quand',
    'lorsque',
    'wenn',
    'olduğunda',
    'eğer',
  ],
  outcome: [
    'then',
    '那么',
    '那麼',
    '则',
    '則',
    'ならば',
    'その場合',
    '그러면',
    'entonces',
    'então',
    'alors',
    'dann',
    'o zaman',
    'ise',
  ],
  and: ['and', 'but', '且', '并且', '並且', 'かつ', '그리고', 'y', 'e', 'et', 'und', 've'],
  given: [
    'given',
    '假设',
    '假設',
    '给定',
    '給定',
    '假如',
    '前提',
    '주어진',
    '조건',
    'dado',
    'dada',
    'dados',
    'étant donné',
    'soit',
    'angenommen',
    'gegeben',
    'verilen',
    'diyelim ki',
  ],
} as const satisfies Record<string, readonly string[]>;

export type Keyword = keyof typeof KEYWORDS;

/** Lower case and compatible forms, so that `ＰＨＡＳＥ` and `Phase` are one word. */
export function normalWords(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Whether a heading or label holds a keyword: as a word of its own, or anywhere in scripts that do not part words. */
export function says(text: string, keyword: Keyword): boolean {
  return matcherOf(keyword).test(normalWords(text.slice(0, 300)));
}

/** `(optional)`, or a text that begins with the word. */
export function marksOptional(text: string): boolean {
  const head = normalWords(text.slice(0, 300)).replace(/^[([]\s*/, '');
  return leadingKeyword(head, 'optional') > 0 || bracketed().test(normalWords(text.slice(0, 600)));
}

let optionalMark: RegExp | undefined;

/** Full-width brackets are plain ones once the text is normal. */
function bracketed(): RegExp {
  optionalMark ??= new RegExp(String.raw`[(\[【]\s?(?:${KEYWORDS.optional.join('|')})\s?[)\]】]`, 'u');
  return optionalMark;
}

/** The keyword that a text begins with, as long as it is there; 0 where there is none. The text must be normal (`normalWords`). */
export function leadingKeyword(text: string, keyword: Keyword): number {
  let longest = 0;
  for (const word of KEYWORDS[keyword]) {
    if (word.length > longest && text.startsWith(word) && !(isSpaced(word) && /^[\p{L}\p{N}]/u.test(text.slice(word.length))))
      longest = word.length;
  }
  return longest;
}

const matchers = new Map<Keyword, RegExp>();

function matcherOf(keyword: Keyword): RegExp {
  const known = matchers.get(keyword);
  if (known !== undefined) return known;
  const words = [...new Set<string>(KEYWORDS[keyword])].map((word) => {
    const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return isSpaced(word) ? String.raw`(?<![\p{L}\p{N}])${escaped}(?:s|es|n|en)?(?![\p{L}\p{N}])` : escaped;
  });
  const made = new RegExp(words.join('|'), 'u');
  matchers.set(keyword, made);
  return made;
}

/** Scripts that part words by blanks; Korean does, but joins its particles to them. */
function isSpaced(word: string): boolean {
  return /^[\p{Script=Latin}]/u.test(word);
}
