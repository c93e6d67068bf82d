
// What CodeDeploy, or ECS, asks before customers reach a new version: whether it passes its checks. The environment has
//   SERVICE   the service's name, for the log
//   ENGINE    codedeploy, which wants the answer at its API, or ecs, which takes what the function returns
//   TARGET    {url, host, http2}: the test listener
//   CHECKS    the checks
//   TIMEOUT   the milliseconds in which all must pass; what fails is asked again until then
//   INTERVAL  the milliseconds between two tries
// An event {awake: true} asks nothing: it comes every day, so that Lambda keeps the function's network interfaces.
exports.handler = async (event, context) => {
  if (event?.awake) return undefined;
  const { SERVICE, ENGINE, TARGET, CHECKS, TIMEOUT, INTERVAL } = process.env;
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId } = event ?? {};
  if (ENGINE === 'codedeploy' && !(deploymentId && lifecycleEventHookExecutionId)) {
    throw new Error(`${SERVICE}: this is no event of CodeDeploy, there is nobody to answer: ${quoted(JSON.stringify(event) ?? '')}`);
  }
  let failures;
  try {
    // What is left after the checks is for the answer.
    const time = Math.min(Number(TIMEOUT), context.getRemainingTimeInMillis() - 20_000);
    failures = await failing(JSON.parse(TARGET), JSON.parse(CHECKS), Date.now() + time, Number(INTERVAL));
  } catch (err) {
    failures = [`the checks could not be asked: ${err.message}`];
  }
  for (const failure of failures) console.error(`${SERVICE}: the new version fails ${failure}`);
  const passed = failures.length === 0;
  console.log(`${SERVICE}: the new version ${passed ? 'passes all checks' : `fails ${failures.length} of its checks and takes no customers`}`);
  if (ENGINE !== 'codedeploy') return { hookStatus: passed ? 'SUCCEEDED' : 'FAILED' };
  await report({ deploymentId, lifecycleEventHookExecutionId, status: passed ? 'Succeeded' : 'Failed' });
};

// failing asks the checks until each has passed once or the time is up, and resolves to what is still wrong.
async function failing(target, checks, deadline, interval) {
  for (let attempt = 1; ; attempt++) {
    const failures = [];
    const left = [];
    for (const check of checks) {
      const failure = await passes(target, check);
      if (failure) {
        left.push(check);
        failures.push(failure);
      }
    }
    if (left.length === 0 || Date.now() + interval >= deadline) return failures;
    console.log(`attempt ${attempt}: ${failures.join(' | ')}`);
    checks = left;
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

// report tells CodeDeploy, once. The SDK repeats a call that did not arrive; one that did is answered as already completed.
async function report(status) {
  const { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } = require('@aws-sdk/client-codedeploy');
  const client = new CodeDeployClient({ maxAttempts: 5, requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000 } });
  try {
    await client.send(new PutLifecycleEventHookExecutionStatusCommand(status));
  } catch (err) {
    if (err.name !== 'LifecycleEventAlreadyCompletedException') throw err;
  }
}
