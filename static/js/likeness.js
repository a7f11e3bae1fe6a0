/* Whether two writings of a name may be one person: the twin of `domain/attendance/likeness.py`. */
"use strict";

const likeness = (() => {
  const TITLES = new Set(["m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "docteur"]);
  const WHOLE = { œ: "oe", æ: "ae", ø: "o", ł: "l", đ: "d", ß: "ss" };
  const ONE_SLIP = 4;
  const TWO_SLIPS = 7;

  const fold = (name) =>
    name
      .toLowerCase()
      .replace(/[œæøłđß]/g, (letter) => WHOLE[letter])
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  const letters = (name) => fold(name).replaceAll(" ", "");
  const words = (name) => {
    const all = fold(name).split(" ").filter(Boolean);
    const bare = all.filter((word) => !TITLES.has(word));
    return bare.length ? bare : all;
  };
  const within = (some, all) => [...some].every((word) => all.has(word));

  const same = (one, other) => {
    const [here, there] = [new Set(words(one)), new Set(words(other))];
    return (within(here, there) && within(there, here)) || letters(one) === letters(other);
  };
  const mayBeOne = (blocked, typed) => {
    const [here, there] = [new Set(words(blocked)), new Set(words(typed))];
    return same(blocked, typed) || (here.size > 0 && there.size > 0 && (within(here, there) || within(there, here)));
  };

  const distance = (one, other) => {
    let before = [];
    let last = Array.from({ length: other.length + 1 }, (_, column) => column);
    for (let row = 1; row <= one.length; row += 1) {
      const here = [row];
      for (let column = 1; column <= other.length; column += 1) {
        const changed = last[column - 1] + (one[row - 1] === other[column - 1] ? 0 : 1);
        let best = Math.min(last[column] + 1, here[column - 1] + 1, changed);
        const swapped = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
        if (swapped) best = Math.min(best, before[column - 2] + 1);
        here.push(best);
      }
      [before, last] = [last, here];
    }
    return last[other.length];
  };
  const nearly = (one, other) => {
    const shorter = Math.min(one.length, other.length);
    const slips = (shorter >= ONE_SLIP ? 1 : 0) + (shorter >= TWO_SLIPS ? 1 : 0);
    return Math.abs(one.length - other.length) <= slips && distance(one, other) <= slips;
  };
  const like = (one, other) => (one.length === 1 || other.length === 1 ? one[0] === other[0] : nearly(one, other));
  const eachHasItsOwn = ([first, ...others], many) =>
    first === undefined || many.some((word, place) => like(first, word) && eachHasItsOwn(others, [...many.slice(0, place), ...many.slice(place + 1)]));
  const looksLike = (blocked, typed) => {
    const [few, many] = [words(blocked), words(typed)].sort((one, other) => one.length - other.length);
    if (!few.length) return false;
    return eachHasItsOwn(few, many) || nearly(letters(blocked), letters(typed));
  };
  return { fold, same, mayBeOne, looksLike };
})();
