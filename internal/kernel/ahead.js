// Validates templates ahead, in a thread of its own, while the app still composes. The CDK validates all templates at the end of a
// synth, in the one thread that does everything else, and starts its validator only then. What it asks at the end is answered from
// here where it is the very question that was asked ahead: the same template to the byte, the same rules, the same options.
// Anything else it asks the validator itself. So this decides nothing: it only knows earlier. The thread starts with the first
// template that is not known from an earlier synth, see clean.js.
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');
const { Worker, MessageChannel, receiveMessageOnPort, isMainThread, workerData } = require('worker_threads');
const clean = require('./clean.js');

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

// The options with which the CDK asks about the template of a stack.
const optionsOf = (account, region) => ({
  pseudoParameterOverrides: { accountId: account, region },
  exclude: { ids: ['W3005', 'W1020', 'E1018', 'W9002', 'W9013', 'E2001', 'W1103'], services: [{ ruleId: 'W3697', service: 'AWS::AutoScaling' }] },
  severityLevel: 'WARN',
});

// The rules that the CDK adds to the validator's own, as it configures the validator with them.
const configOf = (folder) => ({
  customRules: fs.readdirSync(folder).filter((f) => f.endsWith('.rego')).sort().map((f) => ({
    name: f, content: fs.readFileSync(path.join(folder, f), 'utf-8'),
  })),
});

// The thread: a validator, and one answer for each template that it is sent.
function work({ library, config, cache, validator, port, answered }) {
  const answer = (message) => {
    port.postMessage(message);
    Atomics.add(answered, 0, 1);
    Atomics.notify(answered, 0);
  };
  try {
    const validate = require(library);
    const engine = new validate.RegoEngine(JSON.parse(config));
    const known = clean.open(cache, validator);
    port.on('message', ({ file, options }) => {
      try {
        const content = fs.readFileSync(file);
        const report = engine.validateDetailed({ path: file, readBytes: () => content }, JSON.parse(options));
        known.keep(digest(content), options, report);
        answer({ file, digest: digest(content), options, report });
      } catch {
        answer({ file }); // the CDK will meet the same trouble, and say it
      }
    });
    known.forget();
  } catch {
    answer({ broken: true });
  }
}

if (!isMainThread) {
  work(workerData);
  return;
}

// How long an answer may take before the CDK's own validator is asked.
const patience = 60_000;

// start begins to validate what is written from now on, with the validator of the CDK in that folder. What is clean is remembered in
// the folder of the cache.
exports.start = (cdk, cache) => {
  const { port1: port, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const library = path.join(cdk, 'node_modules', '@aws', 'cloudformation-validate');
  let config, validator;
  try {
    config = JSON.stringify(configOf(path.join(cdk, 'core', 'lib', 'validation', 'rules')));
    validator = clean.identify(library, config);
  } catch {
    return { engine: (Engine) => Engine }; // a CDK that validates otherwise
  }
  const known = clean.open(cache, validator);
  let broken = false;

  let worker;
  const ask = (message) => {
    if (!worker) {
      worker = new Worker(__filename, { workerData: { library, config, cache, validator, port: port2, answered }, transferList: [port2] });
      worker.unref();
      worker.on('error', () => {}); // then there are no answers
      port.unref();
    }
    port.postMessage(message);
  };

  // A manifest is written when the templates that it names are.
  const asked = new Map();
  const answers = new Map();
  const look = (manifest, text) => {
    for (const artifact of Object.values(JSON.parse(text).artifacts ?? {})) {
      const place = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '');
      if (artifact.type !== 'aws:cloudformation:stack' || !place) continue;
      const template = path.resolve(path.dirname(manifest), artifact.properties.templateFile);
      const options = JSON.stringify(optionsOf(
        place[1] === 'unknown-account' ? undefined : place[1],
        place[2] === 'unknown-region' ? undefined : place[2],
      ));
      const content = digest(fs.readFileSync(template));
      const report = known.recall(template, content, options);
      if (report) {
        answers.set(template, { digest: content, options, report });
        continue;
      }
      asked.set(template, (asked.get(template) ?? 0) + 1);
      ask({ file: template, options });
    }
  };
  const writeFileSync = fs.writeFileSync;
  fs.writeFileSync = (file, data, ...rest) => {
    writeFileSync(file, data, ...rest);
    if (typeof file !== 'string' || path.basename(file) !== 'manifest.json' || typeof data !== 'string') return;
    try {
      look(file, data);
    } catch {
      // a manifest of something else: about what it names the CDK asks its own validator, if it asks
    }
  };

  let lost = false;
  const collect = () => {
    for (let received; (received = receiveMessageOnPort(port)); ) {
      const { message } = received;
      broken ||= message.broken;
      if (message.broken) continue;
      asked.set(message.file, asked.get(message.file) - 1);
      answers.set(message.file, message);
    }
  };

  // The answer about a template; nothing where there is none to just this question.
  const answerTo = (template, options, configured) => {
    if (configured !== config) return undefined;
    const file = path.resolve(template.path);
    const until = Date.now() + patience;
    for (;;) {
      const seen = Atomics.load(answered, 0);
      collect();
      if (!asked.get(file)) break;
      lost ||= Date.now() > until; // a thread that is gone says nothing of it to one that waits
      if (broken || lost) return undefined;
      Atomics.wait(answered, 0, seen, 1000);
    }
    const found = answers.get(file);
    return found?.report && found.options === JSON.stringify(options) && found.digest === digest(template.readBytes()) ? found.report : undefined;
  };

  // engine wraps the class of the validator that the CDK asks.
  const engine = (Engine) =>
    class {
      constructor(config) {
        this.config = config;
      }
      get itself() {
        return (this.started ??= new Engine(this.config));
      }
      validateDetailed(template, options) {
        return answerTo(template, options, JSON.stringify(this.config)) ?? this.itself.validateDetailed(template, options);
      }
      validateStandard(template, options) {
        return this.itself.validateStandard(template, options);
      }
      listRules() {
        return this.itself.listRules();
      }
      engineName() {
        return this.itself.engineName();
      }
      free() {
        this.started?.free();
      }
    };
  return { engine };
};
