/** A glob over one word: `*` is any number of characters, `?` is one, all else stands for itself. Linear in the word for each `*`. */
export function wordGlob(pattern: string): (word: string) => boolean {
  const wanted = Array.from(pattern);
  return (word) => matches(wanted, Array.from(word));
}

/** Greedy, with one point to go back to: the last `*` takes one more character each time. */
function matches(pattern: readonly string[], word: readonly string[]): boolean {
  let [at, star, taken] = [0, -1, 0];
  for (let next = 0; next < word.length;) {
    if (pattern[at] === '*') {
      [star, taken] = [at, next];
      at++;
    } else if (pattern[at] === '?' || pattern[at] === word[next]) {
      at++;
      next++;
    } else {
      if (star === -1) return false;
      at = star + 1;
      next = ++taken;
    }
  }
  return pattern.slice(at).every((rest) => rest === '*');
}
