import { describe, expect, it } from 'vitest';

import { type Keyword, KEYWORDS, leadingKeyword, normalWords, says } from '../../../src/spec/work/keywords.ts';

describe('keywords', () => {
  it('are all normal: else nothing would find them', () => {
    const odd = Object.values(KEYWORDS).flatMap((words: readonly string[]) => words.filter((word) => normalWords(word) !== word));
    expect(odd).toEqual([]);
  });

  it.each<[string, Keyword]>([
    ['Dependencies & Execution Order', 'dependency'],
    ['依存関係', 'dependency'],
    ['依赖关系与执行顺序', 'dependency'],
    ['Dépendances', 'dependency'],
    ['Abhängigkeiten', 'dependency'],
    ['Definition of Done', 'acceptance'],
    ['Critérios de aceitação', 'acceptance'],
    ['ＰＨＡＳＥ 1', 'phase'],
    ['사용자 스토리 3', 'story'],
    ['Phases', 'phase'],
  ])('%s says %s', (text, keyword) => {
    expect(says(text, keyword)).toBe(true);
  });

  it.each<[string, Keyword]>([
    ['Phaser setup', 'phase'],
    ['History', 'story'],
    ['Multitasking', 'task'],
  ])('%s does not say %s', (text, keyword) => {
    expect(says(text, keyword)).toBe(false);
  });

  it('are found at the beginning, the longest first', () => {
    expect(leadingKeyword('depends on T1', 'dependsOn')).toBe('depends on'.length);
    expect(leadingKeyword('phaser', 'phase')).toBe(0);
    expect(leadingKeyword('阶段一', 'phase')).toBe(2);
  });
});
