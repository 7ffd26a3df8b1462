#!/bin/sh
# Writes prometheus_rule.yaml: the alerts of deployment/observability/alerts.yaml as a resource of the Prometheus operator.
set -eu
cd "$(dirname "$0")"
{
  cat <<'HEAD'
# Written by write_rule.sh from deployment/observability/alerts.yaml; a test compares them.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: archway
  labels: { app.kubernetes.io/name: archway }
spec:
HEAD
  grep -v '^#' ../../../observability/alerts.yaml | sed 's/^\(.\)/  \1/'
} >prometheus_rule.yaml
