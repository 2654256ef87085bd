/** Words directly before the path of a file that is only read. */
const READ =
  /(?:^|[^\p{L}\p{N}])(?:reads?|reading|see|per|following|follows?|from|using|uses?|based (?:up)?on|according to|as in|as per|mirror(?:s|ing)?|modell?ed (?:on|after)|(?:described|specified) in|(?:follow(?:ing|s)?|mirror(?:s|ing)?|reus(?:e|es|ing)|per|like)(?: [^\s.;]{1,40}){0,4} (?:patterns?|approach|conventions?|style|structure) (?:in|of|from)|según|siguiendo|basado en|conforme|a partir de|gemäß|laut|siehe|selon|voir|d['’]après|à partir de|göre|bkz\.?)[\s:]{0,3}(?:(?:the|an?|our|its|existing|current|el|la|los|las|o|os|as|der|die|das|dem|den|le|les)[\s]{1,3}){0,3}[`"'(*_[]{0,4}$|(?:参考|參考|参照|參照|参见|參見|根据|根據|按照|依据|依據|遵循|详见|見|见)[\s:：]{0,3}[`"'「『]{0,3}$/iu;
/** `Remove x from a.ts`, `export x from a.ts`: here the file changes. */
const CHANGED_FROM =
  /(?:^|[^\p{L}\p{N}])(?:remov|delet|extract|mov(?:e|ing)|drop|migrat|export|re-export|call|trigger|invok|strip|eliminat|clean|split|detach|unregister|expos|render|mount|disconnect)[\p{L}]*(?=[^\p{L}\p{N}])[^.;:(—–]*$/iu;
/** What joins the second path of a list to the first. */
const JOINED = /^[`"'*_\])]{0,4}\s{0,3}(?:,|、|，|and|&|\+|und|et|y|e|ve)?\s{0,3}(?:and\s{1,3})?[`"'*_[(]{0,4}$/iu;
const WINDOW = 120;

/**
 * Whether the path at `from` is one that its task reads and does not write, by the words before it. `previous` is what is known of the
 * path before it, and where that ends: `following a.ts and b.ts`.
 */
export function isCited(text: string, from: number, previous: { cited: boolean; end: number } | undefined): boolean {
  if (previous?.cited === true && from - previous.end < 12 && from > previous.end && JOINED.test(text.slice(previous.end, from)))
    return true;
  const before = text.slice(Math.max(0, from - WINDOW), from);
  if (!READ.test(before)) return false;
  return !(/from(?:\s+the)?[\s`"'(*_[]*$/i.test(before) && CHANGED_FROM.test(before));
}
