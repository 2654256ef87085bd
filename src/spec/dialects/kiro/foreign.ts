/** Words of scripts in which no table of words is written: what they mean shows by where they stand. */
export const FOREIGN =
  /^(?!.*[\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])[\p{L}\p{M}][\p{L}\p{M} ]*$/u;
