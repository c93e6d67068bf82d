
// What CloudWatch Synthetics runs again and again: whether customers are answered. The environment has
//   SERVICE  the service's name, for the log
//   TARGET   {url, host, http2}: the listener that customers reach
//   CHECKS   the checks, which only read
//   TIME     the milliseconds in which they are asked; a check whose turn does not come is a failure
// An error fails the run, and Synthetics shows its text with the run. Nothing of Synthetics' own modules is needed.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_WritingCanary_Nodejs_Pup.html
exports.handler = async () => {
  const { SERVICE, TARGET, CHECKS, TIME } = process.env;
  const target = JSON.parse(TARGET);
  const checks = JSON.parse(CHECKS);
  const deadline = Date.now() + Number(TIME);
  const failures = [];
  for (const check of checks) {
    const failure = Date.now() < deadline ? await passes(target, check) : `${check.method} ${check.path}: not asked, the time was up`;
    if (!failure) continue;
    failures.push(failure);
    console.error(`${SERVICE} at ${target.url} fails ${failure}`);
  }
  if (failures.length > 0) {
    throw new Error(`${SERVICE} fails ${failures.length} of ${checks.length} checks: ${failures.join(' | ')}`);
  }
  const all = checks.map((check) => `${check.method} ${check.path}`).join(', ');
  console.log(`${SERVICE} at ${target.url} passes ${all}`);
  return `${SERVICE} passes all checks`;
};
