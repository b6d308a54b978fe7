{{- define "liftgraph.name" -}}
{{- if contains "liftgraph" .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-liftgraph" (.Release.Name | trunc 42 | trimSuffix "-") }}{{ end }}
{{- end }}

{{- define "liftgraph.serviceAccount" -}}
{{- if .Values.serviceAccount.name }}{{ .Values.serviceAccount.name }}{{ else if .Values.serviceAccount.create }}{{ include "liftgraph.name" . }}{{ else }}default{{ end }}
{{- end }}

{{- define "liftgraph.labels" -}}
app.kubernetes.io/name: liftgraph
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "liftgraph.settings" -}}
{{ merge (dict "spacelift-api-endpoint" .Values.spacelift.endpoint) .Values.settings | toYaml }}
{{- end }}
