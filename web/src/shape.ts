// Checks that what arrives is what petri/viewer/wire.py says, once, at the edge. The shapes are JSON Schemas, of which
// scripts/wire.mjs lets through only what is understood here.
import shapes from "./shapes.json";
import type { Models } from "./wire";

interface Shape {
  readonly $ref?: string;
  readonly additionalProperties?: boolean | Shape;
  readonly anyOf?: readonly Shape[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly exclusiveMinimum?: number;
  readonly items?: Shape;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly prefixItems?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly propertyNames?: Shape;
  readonly type?: "array" | "boolean" | "integer" | "null" | "number" | "object" | "string";
}

/** Where a value is not as it should be, or null. */
type Check = (value: unknown, at: string) => string | null;

const REF = "#/$defs/";
const DEFINITIONS: ReadonlyMap<string, Shape> = new Map(Object.entries(shapes as unknown as Readonly<Record<string, Shape>>));
const compiled = new Map<string, Check>();

/** The check of a definition, by name. */
function named(name: string): Check {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const shape = DEFINITIONS.get(name);
  if (shape === undefined) throw new Error(`no shape is called ${name}`);
  // A definition may refer to itself, so that it is looked up when it is needed.
  let made: Check | null = null;
  const check: Check = (value, at) => (made ??= compile(shape))(value, at);
  compiled.set(name, check);
  return check;
}

function compile(shape: Shape): Check {
  if (shape.$ref !== undefined) return named(shape.$ref.slice(REF.length));
  if (shape.anyOf !== undefined) return either(shape.anyOf.map(compile));
  if (shape.const !== undefined) return (value, at) => (value === shape.const ? null : at);
  if (shape.enum !== undefined) {
    const choices = new Set(shape.enum);
    return (value, at) => (choices.has(value) ? null : at);
  }
  switch (shape.type) {
    case "array":
      return array(shape);
    case "object":
      return object(shape);
    case "integer":
      return (value, at) => (Number.isInteger(value) && within(shape, value as number) ? null : at);
    case "number":
      return (value, at) => (typeof value === "number" && within(shape, value) ? null : at);
    case "string":
      return text(shape);
    case "boolean":
      return (value, at) => (typeof value === "boolean" ? null : at);
    case "null":
      return (value, at) => (value === null ? null : at);
    case undefined:
    default:
      return () => null;
  }
}

function within(shape: Shape, value: number): boolean {
  return value >= (shape.minimum ?? -Infinity) && value > (shape.exclusiveMinimum ?? -Infinity);
}

function text(shape: Shape): Check {
  const pattern = shape.pattern === undefined ? null : new RegExp(shape.pattern, "u");
  return (value, at) => {
    if (typeof value !== "string") return at;
    // The schema counts characters, a page UTF-16 units: never fewer.
    if (shape.minLength !== undefined && value.length < shape.minLength) return at;
    if (shape.maxLength !== undefined && value.length > shape.maxLength && Array.from(value).length > shape.maxLength) return at;
    return pattern === null || pattern.test(value) ? null : at;
  };
}

/** The first alternative that fits; else the place that the one that came furthest complains of. */
function either(checks: readonly Check[]): Check {
  return (value, at) => {
    let deepest = at;
    for (const check of checks) {
      const wrong = check(value, at);
      if (wrong === null) return null;
      if (wrong.length > deepest.length) deepest = wrong;
    }
    return deepest;
  };
}

function array(shape: Shape): Check {
  const first = (shape.prefixItems ?? []).map(compile);
  const rest = shape.items === undefined ? null : compile(shape.items);
  const fewest = shape.minItems ?? 0;
  const most = shape.maxItems ?? Infinity;
  return (value, at) => {
    if (!Array.isArray(value) || value.length < fewest || value.length > most) return at;
    for (let position = 0; position < value.length; position += 1) {
      const check = first[position] ?? rest;
      const wrong = check?.(value[position], `${at}[${position}]`) ?? null;
      if (wrong !== null) return wrong;
    }
    return null;
  };
}

function object(shape: Shape): Check {
  const fields = Object.entries(shape.properties ?? {}).map(([name, each]) => [name, compile(each)] as const);
  const names = new Set(fields.map(([name]) => name));
  const key = shape.propertyNames === undefined ? null : compile(shape.propertyNames);
  const others = typeof shape.additionalProperties === "object" ? compile(shape.additionalProperties) : null;
  return (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return at;
    const given = value as Readonly<Record<string, unknown>>;
    for (const [name, check] of fields) {
      const wrong = Object.hasOwn(given, name) ? check(given[name], `${at}.${name}`) : `${at}.${name}`;
      if (wrong !== null) return wrong;
    }
    for (const name of Object.keys(given)) {
      if (names.has(name)) continue;
      if (shape.additionalProperties === false) return `${at}.${name}`;
      const wrong = key?.(name, `${at}.${name}`) ?? others?.(given[name], `${at}.${name}`) ?? null;
      if (wrong !== null) return wrong;
    }
    return null;
  };
}

/** Where a value is not as the definition says, such as `RunList.runs[0].key`; null where it is as it should be. */
export function misfit(name: keyof Models, value: unknown): string | null {
  return named(name)(value, name);
}
