// Runs jsii's kernel, process.argv[2], in this process. jsii's own starter runs it in a second one, and hands each message on.
// The kernel reads and writes file descriptor 3; here requests come on 3, and answers go to 4.
'use strict';
const fs = require('fs');
const Module = require('module');
const path = require('path');

const writeSync = fs.writeSync;
fs.writeSync = (fd, ...rest) => writeSync(fd === 3 ? 4 : fd, ...rest);

// What JavaScript prints goes to Go as messages on standard error, as jsii's starter writes them.
const print = process.stderr.write.bind(process.stderr);
let printed = 0;
for (const name of ['stdout', 'stderr']) {
  process[name].write = (chunk, encoding, done) => {
    printed = Date.now();
    const bytes = Buffer.from(chunk, typeof encoding === 'string' ? encoding : undefined);
    return print(JSON.stringify({ [name]: bytes.toString('base64') }) + '\n', typeof encoding === 'function' ? encoding : done);
  };
}

// Go hears of it only until this process ends, whatever is still on its way: the findings of a validation are printed last.
const onItsWay = 500;
process.on('exit', () => {
  const wait = printed + onItsWay - Date.now();
  if (wait > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
});

// The starter would say so, over ten lines.
if (!/^v(22|24)\./.test(process.version)) {
  console.error(`Node.js ${process.version} is none that this version of jsii supports; use 22 or 24`);
}

// The kernel loads packages through links in a folder of its own, whose name is new in every run; what Node.js keeps of
// compiled files it keeps by their names. So they are compiled under the names that they have in jsii's package cache.
const compile = Module.prototype._compile;
let ahead;
Module.prototype._compile = function (content, filename, ...rest) {
  const file = fs.realpathSync(filename);
  // The CDK validates as its variable says; templates are validated ahead from the first one on that it writes.
  if (process.env.CDK_VALIDATION !== 'false' && /[/\\]aws-cdk-lib[/\\][^/\\]+[/\\][^/\\]+[/\\]index\.js$/.test(file)) {
    ahead ??= require('./ahead.js').start(path.dirname(file), process.env.STORESHIP_VALIDATION_CACHE);
  }
  const result = compile.call(this, content, file, ...rest);
  if (ahead && /[/\\]@aws[/\\]cloudformation-validate[/\\]index\.js$/.test(file)) {
    this.exports.RegoEngine = ahead.engine(this.exports.RegoEngine);
  }
  // In another version the stages may be synthesized at another time.
  if (/[/\\]aws-cdk-lib[/\\]2\.270\.0[/\\][^/\\]+[/\\]core[/\\]lib[/\\]private[/\\]refs\.js$/.test(file)) {
    this.exports.resolveReferences = require('./settled.js').beyond(this.exports.resolveReferences, () => this.require('../stage').Stage);
  }
  return result;
};

require(process.argv[2]);

// After the kernel itself, which is in a folder with a new name as well.
if (process.env.STORESHIP_COMPILE_CACHE) {
  Module.enableCompileCache?.(process.env.STORESHIP_COMPILE_CACHE);
}
