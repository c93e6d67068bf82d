// The code of the function that writes to people what happened to their releases. STORE stands before it: what the messages call
// things. TOPIC in the environment is where they go. An event that it cannot make a message of is an error, after which Lambda
// sends the event as it is.
const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns');
const { CodePipelineClient, ListActionExecutionsCommand } = require('@aws-sdk/client-codepipeline');
const { SSMClient, GetParameterHistoryCommand } = require('@aws-sdk/client-ssm');

const sns = new SNSClient({});
const codepipeline = new CodePipelineClient({});
const ssm = new SSMClient({});

exports.handler = async (event) => {
  const m = await messageOf(event);
  if (!m) {
    console.log(`nothing to say of ${event.id}`);
    return;
  }
  const place = m.place ?? {};
  const attributes = {
    event: m.event,
    service: m.service ?? 'none',
    environment: place.environment ?? 'none',
    kind: place.kind ?? 'none',
    asks: (m.event === 'approval' && place.environment) || 'none',
    urgent: place.kind === 'production' && URGENT.includes(m.event) ? 'yes' : 'no',
  };
  const subject = `[${[STORE.name, place.environment].filter(Boolean).join(' ')}] ${m.headline}`;
  const body = m.lines.filter((line) => line !== undefined).join('\n').replace(/\n{3,}/g, '\n\n').replace(/^\n+/, '') + '\n';
  await sns.send(new PublishCommand({
    TopicArn: process.env.TOPIC,
    // ASCII, no line breaks, less than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    Subject: cut(subject.replace(/[^ -~]+/g, ' '), 99),
    // Amazon Q Developer brings to a chat, by https, what has this form, and drops all else without a word.
    // https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    MessageStructure: 'json',
    Message: JSON.stringify({
      default: `${subject}\n\n${body}`,
      https: JSON.stringify({
        version: '1.0', source: 'custom', content: { textType: 'client-markdown', title: cut(subject, 250), description: cut(body, 8000) },
      }),
    }),
    MessageAttributes: Object.fromEntries(Object.entries(attributes).map(([k, v]) => [k, { DataType: 'String', StringValue: v }])),
  }));
};

// What may wake a person, if it happens to production.
const URGENT = ['failed', 'rollback', 'stopped', 'switch', 'break-glass'];

async function messageOf(event) {
  const d = event.detail;
  switch (event['detail-type']) {
    case 'CodePipeline Action Execution State Change':
      return actionMessage(event, d);
    case 'CodePipeline Stage Execution State Change':
      return stageMessage(event, d);
    case 'CodePipeline Pipeline Execution State Change':
      return stoppedMessage(event, d);
    case 'Parameter Store Change':
      return STORE.switches[d.name] ? switchMessage(event, d) : glassMessage(event, d);
  }
  throw new Error(`no message is known for ${event['detail-type']}`);
}

// The codes of actions that did not begin; what began and failed has JobFailed.
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureDetails.html
const UNBEGUN = ['ConfigurationError', 'PermissionError', 'RevisionOutOfSync', 'RevisionUnavailable'];

// An action of a pipeline: what waits for an approval, and what failed. What is looked up already need not be once more.
async function actionMessage(event, d, looked) {
  const x = await release(event, d, looked);
  const what = bare(d.action, x.targets);
  if (d.state === 'STARTED') return approvalMessage(d, x);
  const provider = d.type.provider;
  if (d.type.category === 'Approval') {
    return x.message('rejected', 'not approved', [
      'A person rejected the release, or nobody answered in seven days.', ...x.why(), x.untouched(),
      '', 'What to do: mend what was found and push. Or ask again:', x.retry(), ...x.links(),
    ]);
  }
  const began = !UNBEGUN.includes(d['execution-result']?.['error-code']);
  if (/^OpenForRelease/.test(what) && !began) {
    return x.message('failed', `waits, nobody knows if ${x.at} is open`, [
      'The build that asks for stop switches, freezes and windows did not begin: nothing passes it.', ...x.why(), x.untouched(),
      '', 'What to do: mend what kept it from beginning, and retry the stage, which asks again:', x.retry(), ...x.links(),
    ]);
  }
  if (/^OpenForRelease/.test(what)) {
    return x.message('closed', `waits, ${x.at} is closed for releases`, [
      'A stop switch, a freeze or the hour keeps it closed; the log says which.', x.untouched(),
      '', 'What to do: when it is open again, retry the stage. The log has the command that lets this execution in all the same.',
      x.retry(), ...x.links(),
    ]);
  }
  const headline = `${began ? 'rolled back' : 'not deployed'} in ${x.where}`;
  if (provider === 'CodeDeployToECS') {
    return x.message(began ? 'rollback' : 'failed', headline, [
      ...x.why(),
      began ? `CodeDeploy gave the release up. ${x.customers} the version before, or get it back at once: its tasks run until a release is over.`
        : `CodeDeploy did not begin. ${x.customers} the version before.`,
      ...x.others(provider, 'has the new version and keeps it', x.byHand),
      ...x.mend(),
    ]);
  }
  if (provider === 'CloudFormation' && what.endsWith('.Deploy')) {
    const stack = what.split('.').at(-2);
    return x.message(began ? 'rollback' : 'failed', `${headline}: stack ${stack}`, [
      ...x.why(),
      began ? `CloudFormation sets the stack back${x.place ? '. What served before serves on' : ''}, unless its status says ROLLBACK_FAILED.`
        : 'CloudFormation did not begin.',
      x.place ? undefined : x.untouched(),
      ...x.others(provider, 'has the change and keeps it', 'revert the commit and push'),
      ...x.mend(),
    ]);
  }
  const where = x.target?.region ?? (x.place && d.stage);
  return x.message('failed', `${what} failed${where ? ` in ${where}` : ''}`, [...x.why(), ...x.soFar(), ...x.mend()]);
}

// A stage that failed is told by its actions. This is for the one in which none has, and for actions of other regions: AWS does not say
// whether their events come to the pipeline's region, where the rules are.
async function stageMessage(event, d) {
  const looked = await actionsOf(d);
  const failed = (looked.actions ?? []).filter((a) => a.stageName === d.stage && a.status === 'Failed');
  const elsewhere = failed.find((a) => (a.input?.region ?? STORE.region) !== STORE.region);
  if (elsewhere) return actionMessage(event, failure(d, elsewhere), looked);
  if (failed.length > 0) return null;
  const x = await release(event, d, looked);
  return x.message('failed', `stage ${d.stage} failed`, [...x.soFar(), ...x.mend()]);
}

// failure is what the event of an action that failed would say, from what is looked up.
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionResult.html
function failure(d, a) {
  const result = a.output?.executionResult ?? {};
  return {
    ...d, action: a.actionName, region: a.input.region, type: a.input.actionTypeId,
    'execution-result': {
      'external-execution-url': result.externalExecutionUrl,
      'external-execution-summary': result.externalExecutionSummary || result.errorDetails?.message,
      'error-code': result.errorDetails?.code,
    },
  };
}

async function stoppedMessage(event, d) {
  const x = await release(event, d);
  return x.message('stopped', `stopped by hand${x.stage ? ` in ${x.stage}` : ''}`, [
    'A person stopped the execution. It does not go on by itself; the next push begins a new one.', ...x.soFar(),
    '', 'What to do: nothing, if you know why. To go on where it stopped:', x.stage ? x.retry() : undefined, ...x.links(),
  ]);
}

function approvalMessage(d, x) {
  const [asked] = (x.actions ?? []).filter((a) => a.stageName === d.stage && a.actionName === d.action);
  const facts = asked?.input?.resolvedConfiguration?.CustomData;
  const own = `--region ${STORE.region} --pipeline-name ${d.pipeline} --stage-name '${d.stage}' --action-name '${d.action}'`;
  return x.message('approval', 'waits for an approval', [
    `Nothing is deployed to ${x.at} before a person approves, within seven days.`,
    '', ...(facts ? facts.split('\n') : ['What is to be decided stands in the console.']),
    '', `Approve or reject, at ${d.stage}: https://${STORE.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${d.pipeline}/view?region=${STORE.region}`,
    'Or by command:',
    `  token=$(aws codepipeline get-pipeline-state --region ${STORE.region} --name ${d.pipeline} --output text ` +
      `--query "stageStates[?stageName=='${d.stage}'].actionStates[] | [?actionName=='${d.action}'].latestExecution.token | [0]")`,
    `  aws codepipeline put-approval-result ${own} --token "$token" --result 'status=Approved,summary=WHO: WHY'`,
  ]);
}

async function switchMessage(event, d) {
  const place = STORE.switches[d.name];
  const { environment } = place;
  const last = await written(d);
  const put = (value) => `  aws ssm put-parameter --region ${STORE.region} --type String --overwrite --name ${d.name} --value '${value}'`;
  const read = `  aws ssm get-parameter-history --region ${STORE.region} --name ${d.name}`;
  const said = (last.value ?? '').replace(/\n+$/, '');
  if (d.operation !== 'Delete' && last.trouble) {
    return { event: 'switch', place, headline: 'the stop switch was set', lines: [
      `It may be closed or open: what it says could not be read (${last.trouble}).`, `When: ${event.time}`, '', 'What to do: read it, and who wrote it.', read] };
  }
  if (d.operation === 'Delete' || /^(open([: ].*)?)?$/s.test(said)) {
    return { event: 'switch', place, headline: 'open for releases again', lines: [
      d.operation === 'Delete' ? 'The stop switch was deleted, which opens; CloudTrail knows by whom.' : `The stop switch says: ${said}`, ...last.by, `When: ${event.time}`, '',
      `Releases to ${environment} may begin, in its windows.`, '', 'What to do: retry the stages that were stopped. To close it:', put('stop: WHO: WHY')] };
  }
  return { event: 'switch', place, headline: 'closed for releases by hand', lines: [
    `The stop switch says: ${said}`, ...last.by, `When: ${event.time}`, '',
    `No pipeline begins a release to ${environment}. What is under way goes on.`, '',
    'What to do: nothing, if you know why. To open it, and then retry the stages that were stopped:', put('open: WHO: WHY')] };
}

async function glassMessage(event, d) {
  const service = STORE.glass[d.name];
  const last = await written(d);
  const place = { kind: 'production' };
  const read = `  aws ssm get-parameter-history --region ${STORE.region} --name ${d.name}`;
  if (d.operation === 'Delete') {
    return { event: 'break-glass', place, service, headline: `${service}: broken glass was taken away`, lines: [
      'No execution of this pipeline may enter a closed environment. CloudTrail knows who deleted the parameter.', `When: ${event.time}`] };
  }
  // As the check in the pipelines has it: the id of an execution, and then who and why.
  if (!last.trouble && !/^\S+ .*\S/.test(last.value)) {
    return { event: 'break-glass', place, service, headline: `${service}: broken glass lets nothing in`, lines: [
      `It says: ${last.value}`, ...last.by, `When: ${event.time}`, '', 'That is not the id of an execution, and then who and why: no execution passes by it.'] };
  }
  return { event: 'break-glass', place, service, headline: `${service}: glass was broken`, lines: [
    last.trouble ? `What was written could not be read (${last.trouble}).` : `It says: ${last.value}`, ...last.by, `When: ${event.time}`, '',
    'The execution that it names may release to environments that a stop switch, a freeze or the hour keeps closed.', '',
    'What to do: nothing, if you know why. Who wrote what before:', read, 'To take it back before the release begins:',
    `  aws ssm delete-parameter --region ${STORE.region} --name ${d.name}`] };
}

// What a parameter says last, and by whom, by IAM's word. The parameters are of type String: what is no secret.
async function written(d) {
  if (d.operation === 'Delete') return { by: [] };
  try {
    let last, token;
    do {
      const page = await ssm.send(new GetParameterHistoryCommand({ Name: d.name, WithDecryption: false, NextToken: token }));
      last = page.Parameters?.at(-1) ?? last;
      token = page.NextToken;
    } while (token);
    return { value: cut(last.Value, 1000), by: [`Written by: ${last.LastModifiedUser}`] };
  } catch (err) {
    console.error(err);
    return { trouble: err.name, by: [] };
  }
}
