// The direction of a text, worked out once.

const RTL = ["Hebrew", "Arabic", "Syriac", "Thaana", "Nko", "Samaritan", "Mandaic", "Adlam", "Hanifi_Rohingya", "Mende_Kikakui"];
const FIRST_LETTER = /\p{L}/u;
const IS_RTL = new RegExp(RTL.map((script) => `\\p{Script=${script}}`).join("|"), "u");

/** Beyond so many units a text has a direction of its own: of `auto`, browsers look through all of it for each node that is added. */
const MOST_AUTO = 4_000;

/** Give the direction of a text as the page says it: that of its first letter, as with `auto`. */
export function directionOf(text: string): "auto" | "ltr" | "rtl" {
  if (text.length <= MOST_AUTO) return "auto";
  const letter = FIRST_LETTER.exec(text)?.[0] ?? "";
  return IS_RTL.test(letter) ? "rtl" : "ltr";
}
