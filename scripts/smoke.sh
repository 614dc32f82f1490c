#!/usr/bin/env bash
# Stock clients against a running system (dotnet run --project EtlTracing.Local): the aws CLI and boto3, where they are
# installed. Usage: scripts/smoke.sh [ENDPOINT] [FILE]
set -euo pipefail
endpoint=${1:-http://127.0.0.1:4566}
file=${2:-}
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-2 AWS_DEFAULT_REGION=us-east-2 AWS_PAGER=''
machine=arn:aws:states:us-east-2:000000000000:stateMachine:etl-workflow
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() { echo "smoke: $*" >&2; exit 1; }
local_aws() { aws --endpoint-url "$endpoint" "$@"; }

if [ -z "$file" ]; then
  file=$scratch/smoke.csv
  printf '%s\n' \
    'id,NAME,host id,host_identity_verified,host name,neighbourhood group,neighbourhood,lat,long,country,country code,instant_bookable,cancellation_policy,room type,Construction year,price,service fee,minimum nights,number of reviews,last review,reviews per month,review rate number,calculated host listings count,availability 365,house_rules,license' \
    '1,Loft,80014485718,unconfirmed,Ann,Brooklyn,Kensington,40.64749,-73.97237,United States,US,FALSE,strict,Private room,2020,$966 ,$193 ,10,9,10/19/2021,0.21,4,6,286,"Clean up, please",' \
    > "$file"
fi

checked=0
if command -v aws >/dev/null && aws --version >/dev/null 2>&1; then
  key=smoke-$$-aws.csv
  local_aws s3 cp "$file" "s3://etl/input/$key" >/dev/null
  arn='' status=''
  for _ in $(seq 300); do
    for candidate in $(local_aws stepfunctions list-executions --state-machine-arn "$machine" --max-items 20 --query 'executions[].executionArn' --output text); do
      [[ $candidate == arn:* ]] || continue
      if local_aws stepfunctions describe-execution --execution-arn "$candidate" --query input --output text | grep -q "input/$key"; then arn=$candidate; break; fi
    done
    [ -n "$arn" ] && status=$(local_aws stepfunctions describe-execution --execution-arn "$arn" --query status --output text)
    [ -n "$status" ] && [ "$status" != RUNNING ] && break
    sleep 0.2
  done
  [ "$status" = SUCCEEDED ] || fail "the aws CLI's upload ended ${status:-without a run}"
  [ "$(local_aws stepfunctions get-execution-history --execution-arn "$arn" --query 'events[0].type' --output text)" = ExecutionStarted ] || fail 'the history does not begin with ExecutionStarted'
  trace=$(local_aws stepfunctions describe-execution --execution-arn "$arn" --query input --output text | sed -E 's/.*"trace_id" *: *"([^"]+)".*/\1/')
  [ "$(local_aws xray batch-get-traces --trace-ids "$trace" --query 'length(Traces[0].Segments)' --output text)" -ge 4 ] || fail "the trace $trace lacks segments"
  now=$(date +%s)
  local_aws xray get-trace-summaries --start-time $((now - 3600)) --end-time $((now + 60)) --query 'TraceSummaries[].Id' --output text | grep -q "$trace" || fail "no summary of trace $trace"
  echo "aws CLI: upload, run, history, trace and summary are there"
  checked=$((checked + 1))
fi

for python in python3 /usr/bin/python3; do
  "$python" -c 'import boto3' 2>/dev/null || continue
  ENDPOINT=$endpoint FILE=$file KEY=input/smoke-$$-boto3.csv MACHINE=$machine "$python" - <<'PY'
import json, os, time
import boto3

client = lambda name: boto3.client(name, endpoint_url=os.environ["ENDPOINT"])
s3, states, xray = client("s3"), client("stepfunctions"), client("xray")
s3.upload_file(os.environ["FILE"], "etl", os.environ["KEY"])
deadline, run = time.time() + 60, None
while time.time() < deadline and (run is None or run["status"] == "RUNNING"):
    time.sleep(0.2)
    for execution in states.list_executions(stateMachineArn=os.environ["MACHINE"], maxResults=20)["executions"]:
        described = states.describe_execution(executionArn=execution["executionArn"])
        if json.loads(described["input"])["object_key"] == os.environ["KEY"]:
            run = described
assert run and run["status"] == "SUCCEEDED", run
trace = json.loads(run["input"])["trace_id"]
segments = [json.loads(s["Document"]) for s in xray.batch_get_traces(TraceIds=[trace])["Traces"][0]["Segments"]]
assert any(s.get("origin") == "AWS::StepFunctions::StateMachine" for s in segments), segments
output = json.loads(run["output"])
head = s3.head_object(Bucket="etl", Key=output["process"]["output_key"])
assert head["ContentLength"] > 0
print("boto3: upload, run, trace and output are there")
PY
  checked=$((checked + 1))
  break
done

[ "$checked" -gt 0 ] || { echo 'smoke: neither the aws CLI nor boto3 is installed'; exit 3; }
