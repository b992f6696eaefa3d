{{- /* Stop with one sentence where values are valid alone and contradict each other. */ -}}
{{- define "engine.contradictions" -}}
{{- $off := and (eq (dig "HISTORY_ENABLED" "true" .Values.settings) "false") (eq (dig "ALERTS_ENABLED" "true" .Values.settings) "false") -}}
{{- if and (include "engine.several" .) (not (include "engine.redis" .)) -}}
{{- fail "several pods need redis.url or redis.secret: in memory each pod has separate answers and quotas" -}}
{{- end -}}
{{- if and (gt (int .Values.workers) 1) (not (include "engine.redis" .)) -}}
{{- fail "several workers need redis.url or redis.secret: in memory each worker has separate answers and quotas" -}}
{{- end -}}
{{- if and (include "engine.several" .) (not (include "engine.postgresql" .)) (not $off) -}}
{{- fail "several pods need postgresql.url or postgresql.secret for the history and alert rules, or settings HISTORY_ENABLED and ALERTS_ENABLED \"false\"" -}}
{{- end -}}
{{- if and (include "engine.several" .) .Values.persistence.enabled -}}
{{- fail "persistence is for one pod: several share PostgreSQL" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.min) (int .Values.autoscaling.max)) -}}
{{- fail "autoscaling.min must not exceed autoscaling.max" -}}
{{- end -}}
{{- if and .Values.redis.url .Values.redis.secret.name -}}
{{- fail "redis.url and redis.secret exclude each other" -}}
{{- end -}}
{{- if and .Values.postgresql.url .Values.postgresql.secret.name -}}
{{- fail "postgresql.url and postgresql.secret exclude each other" -}}
{{- end -}}
{{- range $name, $_ := .Values.secretSettings -}}
{{- if hasKey $.Values.settings $name -}}
{{- fail (printf "%s is in settings and in secretSettings" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
