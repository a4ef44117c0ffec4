-- Readers go on seeing a reviewer who left only where they saw them before: since when they see each is noted, and nothing
-- of a draft. Of those who left, the history tells whether they were drafts before.
ALTER TABLE reviewers ADD COLUMN published_at TIMESTAMP;

UPDATE reviewers SET published_at = (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')
WHERE status = 1
   OR EXISTS (SELECT 1 FROM reviews JOIN tools ON tools.id = reviews.tool_id
              WHERE reviews.reviewer_id = reviewers.id AND tools.status = 1)
   OR EXISTS (SELECT 1 FROM revisions AS seen
              WHERE seen.kind = 1 AND seen.record_id = reviewers.id AND seen.state LIKE '%"status":"published"%'
                AND NOT EXISTS (SELECT 1 FROM revisions AS later
                                WHERE later.kind = 1 AND later.record_id = seen.record_id
                                  AND later.number > seen.number AND later.state LIKE '%"status":"draft"%'));

-- The public log named drafts that went to the archive. What was never published, by all that the history has, is for
-- moderators only. A record that was deleted has its history under another number, which the revision knows.
UPDATE log_entries SET public_label = NULL, href = NULL
WHERE object IN (0, 1, 2, 3) AND public_label IS NOT NULL
  AND EXISTS (SELECT 1 FROM revisions AS kept
              WHERE kept.kind = log_entries.object AND kept.record_id = coalesce(
                (SELECT made.record_id FROM revisions AS made WHERE made.id = log_entries.revision_id),
                log_entries.object_id))
  AND NOT EXISTS (SELECT 1 FROM revisions AS seen
              WHERE seen.kind = log_entries.object AND seen.state LIKE '%"status":"published"%'
                AND seen.record_id = coalesce(
                  (SELECT made.record_id FROM revisions AS made WHERE made.id = log_entries.revision_id),
                  log_entries.object_id));

-- The log called some acts by other words before; the filter above it goes by those of today.
UPDATE log_entries SET act = CASE act
    WHEN 'withdrawn' THEN 'undid a change to'
    WHEN 'taken' THEN 'assigned'
    WHEN 'taken over' THEN 'reassigned'
    WHEN 'released' THEN 'unassigned'
    WHEN 'brought back' THEN 'restored'
    WHEN 'gave another role to' THEN 'changed the role of'
    WHEN 'dismissed a signal on' THEN 'dismissed a suspicious pattern in'
    WHEN 'reopened a signal on' THEN 'reopened a suspicious pattern in'
    ELSE act END
WHERE act IN ('withdrawn', 'taken', 'taken over', 'released', 'brought back', 'gave another role to',
              'dismissed a signal on', 'reopened a signal on');
