// The expression language in the browser, for comfort only: the server decides.
// Same results as portal/core/expressions (tests/core/expression_cases.json holds both to it).
// Inside, a number is a BigInt of ten-thousandths, so that sums are exact.

import {
  addMonths, fromOrdinal, iso, orderKey, ordinal, parseDate, wholeMonths, wholeYears,
} from "./expression_dates.js";

const SCALE = 10000n;
const LIMIT = 10n ** 15n * SCALE;
const MAX_NODES = 1000;
const MAX_DEPTH = 32;
const MAX_STEPS = 50000;
const MAX_LIST = 1000;
const MAX_TEXT = 10000;
const MANY = 100;

class TooLong extends Error {}

// --- Values -----------------------------------------------------------------------------------
const isNumber = (value) => typeof value === "bigint";
const isText = (value) => typeof value === "string";
const has = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
const isRow = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const abs = (number) => (number < 0n ? -number : number);
const bounded = (number) => (abs(number) <= LIMIT ? number : null);
const whole = (value) => isNumber(value) && value % SCALE === 0n;
const count = (number) => BigInt(number) * SCALE;
const size = (text) => [...text].length;
const short = (text) => (size(text) <= MAX_TEXT ? text : null);

function divide(numerator, denominator) {
  const top = abs(numerator);
  const bottom = abs(denominator);
  const quotient = top / bottom + (2n * (top % bottom) >= bottom ? 1n : 0n);
  return numerator < 0n === denominator < 0n ? quotient : -quotient;
}

function floorDivide(numerator, denominator) {
  const quotient = numerator / denominator;
  const uneven = numerator % denominator !== 0n && numerator < 0n !== denominator < 0n;
  return uneven ? quotient - 1n : quotient;
}

function fromDigits(text) {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text);
  if (!match) return null;
  const [, sign, head, tail = "", exponent = "0"] = match;
  const power = Number(exponent) - tail.length + 4;
  if (power > 40) return /^0*$/.test(head + tail) ? 0n : null;
  if (power < -400) return 0n;
  const digits = BigInt(head + tail) * (sign === "-" ? -1n : 1n);
  return bounded(power >= 0 ? digits * 10n ** BigInt(power) : divide(digits, 10n ** BigInt(-power)));
}

function fromText(text) {
  const plain = text.trim().replace(/,/g, ".");
  return plain.replace(/^[+-]/, "").length <= 40 && /^[+-]?\d+(\.\d+)?$/.test(plain)
    ? fromDigits(plain)
    : null;
}

function normal(value) {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return Number.isFinite(value) ? fromDigits(String(value)) : null;
  if (Array.isArray(value)) return value.length <= MAX_LIST ? value.map(normal) : null;
  return value;
}

function plain(value) {
  if (isNumber(value)) return Number(asText(value));
  return Array.isArray(value) ? value.map(plain) : value;
}

function isTrue(value) {
  if (isNumber(value)) return value !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  if (isRow(value)) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== "";
}

function isEmpty(value) {
  if (isText(value)) return value.trim() === "";
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (isRow(value) && Object.keys(value).length === 0);
}

function equal(left, right) {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index]));
  }
  return !isRow(left) && !isRow(right) && left === right;
}

function asText(value) {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (isText(value)) return value;
  if (!isNumber(value)) return null;
  const digits = abs(value).toString().padStart(5, "0");
  const tail = digits.slice(-4).replace(/0+$/, "");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -4)}${tail ? `.${tail}` : ""}`;
}

// --- Dates ------------------------------------------------------------------------------------
function onDates(call, ...values) {
  const dates = values.map(parseDate);
  const result = dates.includes(null) ? null : call(...dates);
  return typeof result === "number" ? count(result) : result;
}

// --- Plain operators --------------------------------------------------------------------------
function order(left, right) {
  if (isNumber(left) && isNumber(right)) return left > right ? 1 : left < right ? -1 : 0;
  if (!isText(left) || !isText(right)) return null;
  const first = orderKey(left);
  const second = orderKey(right);
  if (!first || !second || first[0] !== second[0]) return null;
  return Math.sign(first[1] - second[1]);
}

const listed = (value) => (Array.isArray(value) ? value : value === null ? [] : [value]);
const isIn = (value, options) => Array.isArray(options) && options.some((one) => equal(value, one));
const numbers = (call) => (...values) => (values.every(isNumber) ? call(...values) : null);

function mul(...values) {
  let result = SCALE;
  for (const value of values) {
    result = bounded(divide(result * value, SCALE));
    if (result === null) return null;
  }
  return result;
}

function extreme(values, wanted) {
  const pool = values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
  let best = null;
  for (const value of pool) {
    if (value === null) continue;
    const found = best === null ? 0 : order(value, best);
    if (found === null || order(value, value) === null) return null;
    if (best === null || found === wanted) best = value;
  }
  return best;
}

function rounded(value, digits = 0n) {
  const places = [0n, 1n, 2n, 3n, 4n].find((one) => digits === one * SCALE);
  if (!isNumber(value) || places === undefined) return null;
  const step = SCALE / 10n ** places;
  return bounded(divide(value, step) * step);
}

function concat(...values) {
  const parts = values.map(asText);
  return parts.includes(null) ? null : short(parts.join(""));
}

const EXPONENTS = { XOF: 0, DJF: 0, XAF: 0, GNF: 0, KMF: 0, EUR: 2, USD: 2 };
const SYMBOLS = { XOF: "F\u00a0CFA", XAF: "F\u00a0CFA", DJF: "FDJ", EUR: "€", USD: "$" };

function money(amount, currency) {
  if (!whole(amount) || !isText(currency) || !has(EXPONENTS, currency)) return null;
  const places = EXPONENTS[currency];
  const digits = (abs(amount) / SCALE).toString().padStart(places + 1, "0");
  const head = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const tail = places ? `,${digits.slice(-places)}` : "";
  return `${amount < 0n ? "-" : ""}${head}${tail}\u00a0${SYMBOLS[currency] || currency}`;
}

function fold(text) {
  const bare = text.normalize("NFD").replace(/\p{M}+/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ");
  return bare.toLowerCase().trim();
}

function unique(values) {
  if (!Array.isArray(values)) return null;
  const keys = values.filter((one) => !isRow(one) && !isEmpty(one));
  const texts = keys.map((one) => (Array.isArray(one) ? JSON.stringify(plain(one)) : asText(one)));
  return new Set(texts).size === texts.length;
}

const OPERATORS = {
  eq: [2, 2, equal],
  ne: [2, 2, (left, right) => !equal(left, right)],
  lt: [2, 2, (left, right) => order(left, right) === -1],
  le: [2, 2, (left, right) => [-1, 0].includes(order(left, right))],
  gt: [2, 2, (left, right) => order(left, right) === 1],
  ge: [2, 2, (left, right) => [0, 1].includes(order(left, right))],
  empty: [1, 1, isEmpty],
  filled: [1, 1, (value) => !isEmpty(value)],
  between: [3, 3, (value, low, high) =>
    [-1, 0].includes(order(low, value)) && [-1, 0].includes(order(value, high))],
  in: [2, 2, isIn],
  contains: [2, 2, (all, part) => (isText(all) && isText(part) ? all.includes(part) : isIn(part, all))],
  any_of: [2, 2, (values, options) => listed(values).some((one) => isIn(one, listed(options)))],
  all_of: [2, 2, (values, options) => listed(options).every((one) => isIn(one, listed(values)))],
  add: [1, MANY, numbers((...values) => bounded(values.reduce((sum, one) => sum + one, 0n)))],
  sub: [1, 2, numbers((left, right) => bounded(right === undefined ? -left : left - right))],
  mul: [1, MANY, numbers(mul)],
  div: [2, 2, numbers((left, right) => (right ? bounded(divide(left * SCALE, right)) : null))],
  mod: [2, 2, numbers((left, right) =>
    right ? bounded(left - floorDivide(left, right) * right) : null)],
  abs: [1, 1, numbers(abs)],
  round: [1, 2, rounded],
  floor: [1, 1, numbers((value) => bounded(floorDivide(value, SCALE) * SCALE))],
  ceil: [1, 1, numbers((value) => bounded(-floorDivide(-value, SCALE) * SCALE))],
  min: [1, MANY, (...values) => extreme(values, -1)],
  max: [1, MANY, (...values) => extreme(values, 1)],
  number: [1, 1, (value) => (isText(value) ? fromText(value) : isNumber(value) ? value : null)],
  text: [1, 1, asText],
  concat: [1, MANY, concat],
  lower: [1, 1, (value) => (isText(value) ? value.toLowerCase() : null)],
  upper: [1, 1, (value) => (isText(value) ? value.toUpperCase() : null)],
  trim: [1, 1, (value) => (isText(value) ? value.replace(/^[ \t\r\n\u00a0]+|[ \t\r\n\u00a0]+$/g, "") : null)],
  fold: [1, 1, (value) => (isText(value) ? fold(value) : null)],
  length: [1, 1, (value) =>
    value === null ? 0n : isText(value) ? count(size(value)) : Array.isArray(value) ? count(value.length) : null],
  starts_with: [2, 2, (value, start) => isText(value) && isText(start) && value.startsWith(start)],
  money: [2, 2, money],
  date: [1, 1, (value) => onDates(iso, value)],
  add_days: [2, 2, (start, days) => (whole(days) && abs(days) <= 4000000n * SCALE
    ? onDates((date) => iso(fromOrdinal(ordinal(date) + Number(days / SCALE))), start) : null)],
  add_months: [2, 2, (start, months) => (whole(months)
    ? onDates((date) => iso(addMonths(date, Number(months / SCALE))), start) : null)],
  days_between: [2, 2, (start, end) => onDates((a, b) => ordinal(b) - ordinal(a), start, end)],
  months_between: [2, 2, (start, end) => onDates(wholeMonths, start, end)],
  years_between: [2, 2, (start, end) => onDates(wholeYears, start, end)],
  year: [1, 1, (value) => onDates((date) => date.year, value)],
  month: [1, 1, (value) => onDates((date) => date.month, value)],
  age_on: [2, 2, (birth, on) =>
    onDates((a, b) => (ordinal(b) >= ordinal(a) ? wholeYears(a, b) : null), birth, on)],
  unique: [1, 1, unique],
};

// --- Forms that do not evaluate all their arguments -------------------------------------------
function branch(given, env) {
  for (let index = 0; index < given.length - 1; index += 2) {
    if (isTrue(run(given[index], env))) return run(given[index + 1], env);
  }
  return given.length % 2 ? run(given[given.length - 1], env) : null;
}

function firstKnown(given, env) {
  for (const one of given) {
    const value = run(one, env);
    if (value !== null) return value;
  }
  return null;
}

function each(given, env, named) {
  const rows = run(given[0], env);
  if (!Array.isArray(rows)) return null;
  const column = named && isText(given[1]);
  const body = column ? { var: `row.${given[1]}` } : given[1];
  env.steps -= (nodes(given[1]) + 1) * rows.length;
  if (env.steps < 0) throw new TooLong();
  const outer = env.row;
  const pairs = rows.map((row) => {
    env.row = row;
    return [row, given.length < 2 ? row : run(body, env)];
  });
  env.row = outer;
  return pairs;
}

const FORMS = {
  var: [1, 1, (given, env) => look(given[0], env)],
  and: [1, MANY, (given, env) => given.every((one) => isTrue(run(one, env)))],
  or: [1, MANY, (given, env) => given.some((one) => isTrue(run(one, env)))],
  not: [1, 1, (given, env) => !isTrue(run(given[0], env))],
  if: [2, MANY, branch],
  coalesce: [1, MANY, firstKnown],
  today: [0, 0, (given, env) => env.today],
  some: [2, 2, (given, env) => (each(given, env) || []).some(([, value]) => isTrue(value))],
  every: [2, 2, (given, env) => (each(given, env) || []).every(([, value]) => isTrue(value))],
  filter: [2, 2, (given, env) => {
    const pairs = each(given, env);
    return pairs && pairs.filter(([, value]) => isTrue(value)).map(([row]) => row);
  }],
  pluck: [2, 2, (given, env) => {
    const pairs = each(given, env, true);
    return pairs && pairs.map(([, value]) => value);
  }],
  sum: [1, 2, (given, env) => {
    const values = (each(given, env, true) || []).map(([, value]) => value);
    return bounded(values.filter(isNumber).reduce((total, one) => total + one, 0n));
  }],
  count: [1, 2, (given, env) => {
    const pairs = each(given, env) || [];
    return count(pairs.filter(([, value]) => given.length < 2 || isTrue(value)).length);
  }],
};

function look(path, env) {
  const [first, ...keys] = path.split(".");
  let value = first === "row" ? env.row : own(env.scope, first);
  for (const key of keys) {
    if (!isRow(value)) return null;
    value = own(value, key);
  }
  return normal(value);
}

const own = (object, key) => (isRow(object) && has(object, key) ? object[key] : null);

function run(source, env) {
  if (Array.isArray(source)) return source.map((item) => run(item, env));
  if (!isRow(source)) return normal(source);
  const [name] = Object.keys(source);
  const given = Array.isArray(source[name]) ? source[name] : [source[name]];
  if (has(FORMS, name)) return FORMS[name][2](given, env);
  return OPERATORS[name][2](...given.map((one) => run(one, env)));
}

// --- Limits and shape -------------------------------------------------------------------------
function nodes(source) {
  if (source === undefined) return 0;
  if (Array.isArray(source)) return source.reduce((sum, item) => sum + nodes(item), 1);
  if (!isRow(source)) return 1;
  const [given] = Object.values(source);
  if (has(source, "var")) return 1;
  return (Array.isArray(given) ? given : [given]).reduce((sum, item) => sum + nodes(item), 1);
}

function isSound(source, depth = 1) {
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(source)) return source.every((item) => isSound(item, depth + 1));
  if (!isRow(source)) {
    return (isText(source) ? size(source) <= MAX_TEXT : source === null || normal(source) !== null);
  }
  const names = Object.keys(source);
  const name = names[0];
  const rule = has(FORMS, name) ? FORMS[name] : has(OPERATORS, name) && OPERATORS[name];
  const given = Array.isArray(source[name]) ? source[name] : [source[name]];
  if (names.length !== 1 || !rule || given.length < rule[0] || given.length > rule[1]) return false;
  if (name === "var") return isText(given[0]) && given[0] !== "" && given[0].length <= 200;
  return given.every((item) => isSound(item, depth + 1));
}

const sound = new WeakMap();

function accepts(source) {
  if (source === null || typeof source !== "object") return isSound(source);
  if (!sound.has(source)) sound.set(source, isSound(source) && nodes(source) <= MAX_NODES);
  return sound.get(source);
}

/** Return the value of `expression`; null when it cannot be computed. Never throws. */
export function evaluate(expression, scope, { today = "", row = null } = {}) {
  if (!accepts(expression)) return null;
  try {
    return plain(run(expression, { scope, today, row, steps: MAX_STEPS }));
  } catch (error) {
    if (error instanceof TooLong || error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether the condition holds; no condition holds. */
export function truthy(expression, scope, options) {
  if (expression === null || expression === undefined) return true;
  const value = evaluate(expression, scope, options);
  if (Array.isArray(value)) return value.length > 0;
  return isRow(value) ? Object.keys(value).length > 0 : Boolean(value);
}
