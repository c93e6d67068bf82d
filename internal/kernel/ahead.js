// Validates templates ahead, in a thread of its own, while the app still composes. The CDK validates all templates at the end of a
// synth, in the one thread that does everything else, and starts its validator only then. What it asks at the end is answered from
// here where it is the very question that was asked ahead: the same template to the byte, the same rules, the same options.
// Anything else it asks the validator itself. So this decides nothing: it only knows earlier.
'use strict';
const { createHash } = require('crypto');
const fs = require('fs');
const path = require('path');
const { Worker, MessageChannel, receiveMessageOnPort, isMainThread, workerData } = require('worker_threads');

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
function work({ library, rules, port, answered }) {
  const answer = (message) => {
    port.postMessage(message);
    Atomics.add(answered, 0, 1);
    Atomics.notify(answered, 0);
  };
  try {
    const validate = require(library);
    const config = configOf(rules);
    const engine = new validate.RegoEngine(config);
    answer({ config: JSON.stringify(config) });
    port.on('message', ({ file, account, region }) => {
      const options = optionsOf(account, region);
      try {
        const content = fs.readFileSync(file);
        const report = engine.validateDetailed({ path: file, readBytes: () => content }, options);
        answer({ file, digest: digest(content), options: JSON.stringify(options), report });
      } catch {
        answer({ file }); // the CDK will meet the same trouble, and say it
      }
    });
  } catch {
    answer({ config: '' });
  }
}

if (!isMainThread) {
  work(workerData);
  return;
}

// How long an answer may take before the CDK's own validator is asked.
const patience = 60_000;

// start begins to validate what is written from now on, with the validator of the CDK in that folder.
exports.start = (cdk) => {
  const { port1: port, port2 } = new MessageChannel();
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(__filename, {
    workerData: {
      library: path.join(cdk, 'node_modules', '@aws', 'cloudformation-validate'),
      rules: path.join(cdk, 'core', 'lib', 'validation', 'rules'),
      port: port2, answered,
    },
    transferList: [port2],
  });
  worker.unref();
  worker.on('error', () => {}); // then there are no answers
  port.unref();

  // A manifest is written when the templates that it names are.
  const asked = new Map();
  const writeFileSync = fs.writeFileSync;
  fs.writeFileSync = (file, data, ...rest) => {
    writeFileSync(file, data, ...rest);
    if (typeof file !== 'string' || path.basename(file) !== 'manifest.json' || typeof data !== 'string') return;
    for (const artifact of Object.values(JSON.parse(data).artifacts ?? {})) {
      const place = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '');
      if (artifact.type !== 'aws:cloudformation:stack' || !place) continue;
      const template = path.resolve(path.dirname(file), artifact.properties.templateFile);
      asked.set(template, (asked.get(template) ?? 0) + 1);
      port.postMessage({
        file: template,
        account: place[1] === 'unknown-account' ? undefined : place[1],
        region: place[2] === 'unknown-region' ? undefined : place[2],
      });
    }
  };

  let config, lost = false;
  const answers = new Map();
  const collect = () => {
    for (let received; (received = receiveMessageOnPort(port)); ) {
      const { message } = received;
      if (message.config !== undefined) {
        config = message.config;
        continue;
      }
      asked.set(message.file, asked.get(message.file) - 1);
      answers.set(message.file, message);
    }
  };

  // The answer about a template; nothing where there is none to just this question.
  const answerTo = (template, options, configured) => {
    const file = path.resolve(template.path);
    const until = Date.now() + patience;
    for (;;) {
      const seen = Atomics.load(answered, 0);
      collect();
      if (config !== undefined && (config !== configured || !asked.get(file))) break;
      lost ||= Date.now() > until; // a thread that is gone says nothing of it to one that waits
      if (!asked.get(file) || lost) return undefined;
      Atomics.wait(answered, 0, seen, 1000);
    }
    const found = answers.get(file);
    return config === configured && found?.report && found.options === JSON.stringify(options) && found.digest === digest(template.readBytes())
      ? found.report
      : undefined;
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
