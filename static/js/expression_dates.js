// Dates of the expression language: the proleptic Gregorian calendar, as in Python.
// `1964` and `1964-05` mean their last day. See portal/core/expressions/dates.py.

const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::\d{2})?)?)?)?$/;
const isLeap = (year) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const lastDay = (year, month) =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

export function parseDate(value) {
  const match = typeof value === "string" && DATE.exec(value);
  if (!match) return null;
  const year = Number(match[1]);
  const month = Number(match[2] || 12);
  if (year < 1 || month < 1 || month > 12) return null;
  const last = lastDay(year, month);
  const day = match[3] ? Number(match[3]) : last;
  return day >= 1 && day <= last ? { year, month, day } : null;
}

export function ordinal({ year, month, day }) {
  const past = year - 1;
  let days = past * 365 + Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  for (let m = 1; m < month; m += 1) days += lastDay(year, m);
  return days + day;
}

const LAST = ordinal({ year: 9999, month: 12, day: 31 });

export function fromOrdinal(days) {
  if (days < 1 || days > LAST) return null;
  let year = Math.max(1, Math.floor(days / 366));
  while (ordinal({ year: year + 1, month: 1, day: 1 }) <= days) year += 1;
  let month = 12;
  while (ordinal({ year, month, day: 1 }) > days) month -= 1;
  return { year, month, day: days - ordinal({ year, month, day: 1 }) + 1 };
}

const pad = (number, width) => String(number).padStart(width, "0");
export const iso = (date) => date && `${pad(date.year, 4)}-${pad(date.month, 2)}-${pad(date.day, 2)}`;

function minutes(hours, rest) {
  return Number(hours) < 24 && Number(rest) < 60 ? Number(hours) * 60 + Number(rest) : null;
}

export function orderKey(value) {
  const time = /^(\d{2}):(\d{2})$/.exec(value);
  if (time) {
    const at = minutes(time[1], time[2]);
    return at === null ? null : ["time", at];
  }
  const date = parseDate(value);
  const match = date && DATE.exec(value);
  const at = match && match[4] ? minutes(match[4], match[5]) : 0;
  return date && at !== null ? ["date", ordinal(date) * 1440 + at] : null;
}

export function addMonths(date, months) {
  if (Math.abs(months) > 4000000) return null;
  const total = date.year * 12 + date.month - 1 + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  if (year < 1 || year > 9999) return null;
  return { year, month, day: Math.min(date.day, lastDay(year, month)) };
}

export function wholeMonths(start, end) {
  if (ordinal(end) < ordinal(start)) return -wholeMonths(end, start);
  return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day ? 1 : 0);
}

export function wholeYears(start, end) {
  if (ordinal(end) < ordinal(start)) return -wholeYears(end, start);
  const before = end.month < start.month || (end.month === start.month && end.day < start.day);
  return end.year - start.year - (before ? 1 : 0);
}
