// Strict, and closed to what a hostile transcript could use: no HTML strings, no code from text, no style from data.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const SINKS = ["innerHTML", "outerHTML", "srcdoc", "dangerouslySetInnerHTML"];
const CALLS = ["insertAdjacentHTML", "write", "writeln", "parseFromString", "createContextualFragment", "setHTMLUnsafe"];

const forbidden = [
  ...SINKS.map((name) => ({
    selector: `MemberExpression[property.name='${name}'], JSXAttribute[name.name='${name}'], Property[key.name='${name}'], Literal[value='${name}']`,
    message: "No HTML strings: build nodes.",
  })),
  ...CALLS.map((name) => ({
    selector: `CallExpression[callee.property.name='${name}']`,
    message: "No HTML strings: build nodes.",
  })),
  {
    selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value='style'], MemberExpression[property.name='cssText']",
    message: "The policy forbids style attributes: set a class, or a custom property through style={{ '--x': n }}.",
  },
  {
    selector: "JSXAttribute[name.name='style'] > Literal",
    message: "The policy forbids style attributes as text.",
  },
  {
    selector: "JSXAttribute[name.name='style'] Property:not([key.value=/^--/])",
    message: "Only custom properties (--x) may be set on an element; the rest is the style sheet's.",
  },
  { selector: "JSXAttribute[name.name='style'] > JSXExpressionContainer > :not(ObjectExpression):not(JSXEmptyExpression)", message: "Write the custom properties out where they are set." },
  { selector: "TSEnumDeclaration", message: "Use a union of strings." },
];

export default ts.config(
  { ignores: ["node_modules", "src/wire.ts"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked],
    plugins: { "react-hooks": hooks },
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["*.config.ts"] }, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // Numbers in text are what most of this page is.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `() => set(x)` is the usual shape of a handler.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-syntax": ["error", ...forbidden],
      "no-restricted-globals": ["error", "localStorage", "sessionStorage", "eval"],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-console": "error",
      eqeqeq: "error",
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 80, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ["src/pages/*/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^\\.\\./(?!\\.\\./)", message: "Pages do not import each other; what two share belongs in parts/ or beside it." }] },
      ],
    },
  },
  {
    // Where the choice of a theme is kept: nothing of a transcript.
    files: ["src/theme.ts"],
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["test/**"],
    rules: {
      "max-lines": ["error", { max: 600 }],
      "max-lines-per-function": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      // Tests say what hostile text looks like.
      "no-restricted-syntax": "off",
    },
  },
  { files: ["*.config.js", "scripts/*.mjs"], languageOptions: { globals: { Buffer: "readonly", console: "readonly", process: "readonly", URL: "readonly" } } },
);
