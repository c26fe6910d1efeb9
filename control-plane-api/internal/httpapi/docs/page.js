"use strict";

const methods = ["get", "post", "put", "patch", "delete"];
let spec = {};

// make builds an element; all text goes in as text, never as markup.
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

function resolve(schema) {
  if (!schema || !schema.$ref) return schema || {};
  const parts = schema.$ref.replace(/^#\//, "").split("/");
  return parts.reduce((at, part) => (at ? at[part.replace(/~1/g, "/").replace(/~0/g, "~")] : undefined), spec) || {};
}

function nameOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const type = [].concat(schema.type || []).join(" or ");
  if (type.startsWith("array")) return "list of " + nameOf(schema.items);
  return type + (schema.format ? " (" + schema.format + ")" : "");
}

function limits(schema) {
  const said = [];
  if (schema.enum) said.push("one of " + schema.enum.join(", "));
  for (const key of ["minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "default"]) {
    if (schema[key] !== undefined) said.push(key + " " + schema[key]);
  }
  return said.join("; ");
}

function table(head, rows) {
  return make("table", {}, make("thead", {}, make("tr", {}, ...head.map((h) => make("th", { scope: "col" }, h)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell) => make("td", {}, cell))))));
}

function fields(schema) {
  let resolved = resolve(schema);
  if (resolved.items) resolved = resolve(resolved.items);
  const properties = Object.entries(resolved.properties || {});
  if (properties.length === 0) return null;
  const required = resolved.required || [];
  return table(["field", "type", "needed", "about"], properties.map(([name, property]) => [
    make("code", {}, name), nameOf(property), required.includes(name) ? "yes" : "",
    [property.description, limits(property)].filter(Boolean).join(" "),
  ]));
}

function content(parts) {
  return Object.entries(parts || {}).flatMap(([type, media]) => [
    make("p", {}, make("code", {}, type), " ", nameOf(media.schema)), fields(media.schema),
    media.example === undefined ? null : make("pre", {}, JSON.stringify(media.example, null, 2)),
  ]);
}

function describe(path, method, operation) {
  const inside = [];
  if (operation.description) inside.push(make("p", {}, operation.description));
  if (operation.parameters) {
    inside.push(make("h3", {}, "Parameters"), table(["name", "in", "type", "needed", "about"], operation.parameters.map((p) => [
      make("code", {}, p.name), p.in, nameOf(p.schema), p.required ? "yes" : "", [p.description, limits(p.schema || {})].filter(Boolean).join(" "),
    ])));
  }
  if (operation.requestBody) inside.push(make("h3", {}, "Body"), ...content(operation.requestBody.content));
  inside.push(make("h3", {}, "Answers"));
  for (const [status, answer] of Object.entries(operation.responses || {})) {
    inside.push(make("details", {}, make("summary", {}, make("code", {}, status), " ", answer.description || ""), ...content(answer.content)));
  }
  const line = make("summary", {}, make("span", { class: "method " + method }, method.toUpperCase()), make("code", {}, path),
    make("span", { class: "summary" }, operation.summary || ""));
  const entry = make("details", { id: operation.operationId || method + path }, line, ...inside.filter(Boolean));
  entry.dataset.text = [path, method, operation.summary, operation.operationId].join(" ").toLowerCase();
  return entry;
}

function show() {
  const groups = new Map();
  for (const [path, item] of Object.entries(spec.paths || {})) {
    for (const method of methods) {
      if (!item[method]) continue;
      const tag = (item[method].tags || ["Other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(describe(path, method, item[method]));
    }
  }
  document.getElementById("title").textContent = spec.info.title + " API " + spec.info.version;
  document.getElementById("about").textContent = spec.info.description || "";
  const main = document.getElementById("operations");
  main.replaceChildren();
  for (const [tag, entries] of groups) {
    const anchor = "group-" + tag.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    document.getElementById("groups").append(make("a", { href: "#" + anchor }, tag));
    main.append(make("section", {}, make("h2", { id: anchor }, tag), ...entries));
  }
  if (location.hash) {
    const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (wanted instanceof HTMLDetailsElement) wanted.open = true;
    if (wanted) wanted.scrollIntoView();
  }
}

document.getElementById("filter").addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const section of document.querySelectorAll("main section")) {
    let any = false;
    for (const entry of section.querySelectorAll(":scope > details")) {
      const fits = entry.dataset.text.includes(wanted);
      entry.classList.toggle("hidden", !fits);
      any = any || fits;
    }
    section.classList.toggle("hidden", !any);
  }
});

fetch("/api/openapi.json")
  .then((answer) => { if (!answer.ok) throw new Error("status " + answer.status); return answer.json(); })
  .then((document_) => { spec = document_; show(); })
  .catch((problem) => { document.getElementById("operations").textContent = "The document could not be read: " + problem.message; });
