{{- define "plumbline.labels" -}}
app.kubernetes.io/name: plumbline
{{- end }}
{{- define "plumbline.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}
{{- define "plumbline.waivers" -}}
{{ .Values.waivers | default (.Files.Get "files/waivers.yaml" | replace "container[plumbline/" (printf "container[%s/" .Release.Namespace)) }}
{{- end }}
{{- define "plumbline.relayConfig" -}}
{{ merge (dict "spool" "/spool/reports" "state" "/state") .Values.relay.config | toPrettyJson }}
{{- end }}
