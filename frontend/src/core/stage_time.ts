/** Hours and days as the person at the kiosk reads them: in the site's zone. */

export interface Instant {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** `mardi 8 décembre`. */
  readonly date: string;
}

/** `seconds` is Unix time, `zone` an IANA name, `locale` a BCP 47 tag. */
export function instantOf(seconds: number, zone: string, locale: string): Instant {
  const moment = new Date(seconds * 1000);
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  }).formatToParts(moment);
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const date = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    weekday: "long",
    day: "numeric",
    month: "long",
  }).format(moment);
  return {
    year: number("year"),
    month: number("month"),
    day: number("day"),
    hour: number("hour"),
    minute: number("minute"),
    date,
  };
}

/** A number that rises by one with each calendar day. */
export function dayOf({ year, month, day }: Instant): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** `4187` is read `41 87`. */
export function spacedCode(code: string): string {
  return code.length === 4 ? `${code.slice(0, 2)}\u00a0${code.slice(2)}` : code;
}

/** The house and the commune of `Maison de la vallée, Guillestre`. */
export function siteParts(site: string): readonly [string, string] {
  const cut = site.lastIndexOf(", ");
  return cut < 0 ? [site, ""] : [site.slice(0, cut), site.slice(cut + 2)];
}
