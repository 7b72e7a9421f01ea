// What the data say in short words, in words that a reader knows.
import type { Message } from "../wire";

type Origin = Message["origin"];

const ORIGINS: Readonly<Record<Origin, readonly [word: string, meaning: string]>> = {
  target: ["target", "the target said this itself"],
  auditor: ["auditor", "the auditor wrote this"],
  prefill: ["prefilled", "words that were put into the target's mouth"],
  prefix: ["given", "it stood there before the audit began"],
  simulated_tool: ["simulated tool", "a model played the tool"],
  real_tool: ["tool", "a program answered"],
};

const MARKS: ReadonlyMap<string, readonly [word: string, meaning: string]> = new Map([
  ["refusal", ["refused", "the provider marks this as a refusal"]],
  ["refused", ["refused", "the provider marks this as a refusal"]],
  ["truncated", ["cut off", "it was cut off at a limit of tokens"]],
  ["filtered", ["filtered", "the provider's filter stepped in"]],
  ["empty", ["empty", "nothing at all was said"]],
  ["only_reasoning", ["reasoning only", "neither text nor a call"]],
]);

const FLAGS: Readonly<Record<Message["flags"][number], readonly [word: string, meaning: string]>> = {
  control_characters: ["unseen characters", "it holds characters that no reader sees"],
  imitates_frame: ["imitates the frame", "it holds words that look like part of what frames a transcript"],
  addresses_the_judge: ["speaks to the judge", "it holds words that are meant for whoever judges it"],
};

export function originWord(origin: Origin): string {
  return ORIGINS[origin][0];
}

export function originMeaning(origin: Origin): string {
  return ORIGINS[origin][1];
}

/** The word of a mark and what it means; a mark that this page does not know is its own word. */
export function markWords(mark: string): readonly [word: string, meaning: string] {
  return MARKS.get(mark) ?? [mark, "the target's reply is marked so"];
}

export function flagWords(flag: Message["flags"][number]): readonly [word: string, meaning: string] {
  return FLAGS[flag];
}

/** Give a name that data use, with spaces: `world_operation` as `world operation`. */
export function plainName(name: string): string {
  return name.replaceAll("_", " ");
}
