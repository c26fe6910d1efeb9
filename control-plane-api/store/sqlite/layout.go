package sqlite

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	// applicationID marks the file as ours ("LCM" and a number), so that another program's database is not taken for an empty store.
	applicationID = 0x4c434d01
	// A higher major is a layout that older programs can't write correctly; a higher minor only adds.
	layoutMajor, layoutMinor = 1, 0
	// minorsPerMajor packs both into SQLite's user_version.
	minorsPerMajor = 1000
)

// migrate brings the file to this layout, inside the caller's transaction: two processes that start together do it once.
func migrate(s *session, tables map[string]table) error {
	if err := checkLayout(s); err != nil {
		return err
	}
	if _, err := s.once(`CREATE TABLE IF NOT EXISTS lcm_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`); err != nil {
		return err
	}
	epoch, err := uuid.NewRandom()
	if err != nil {
		return fmt.Errorf("make an epoch: %w", err)
	}
	for key, value := range map[string]string{"epoch": epoch.String(), "created_at": store.FormatTime(time.Now())} {
		if _, err := s.once(`INSERT INTO lcm_meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING`, key, value); err != nil {
			return err
		}
	}
	for _, t := range tables {
		if err := t.migrate(s); err != nil {
			return fmt.Errorf("collection %s: %w", t.Name, err)
		}
	}
	return nil
}

// checkLayout refuses foreign files and newer majors, and stamps new files.
func checkLayout(s *session) error {
	var application, version, objects int
	if err := s.one(`SELECT a.application_id, v.user_version, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_application_id a, pragma_user_version v`, nil, &application, &version, &objects); err != nil {
		return err
	}
	if application == 0 && version == 0 && objects == 0 {
		if _, err := s.once(fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return err
		}
	} else if application != applicationID {
		return fmt.Errorf("%w: the file is another program's SQLite database", store.ErrUnsupported)
	}
	if major := version / minorsPerMajor; major > layoutMajor {
		return fmt.Errorf("%w: the file has layout %s, this program knows %d", store.ErrUnsupported, layoutName(version), layoutMajor)
	}
	const ours = layoutMajor*minorsPerMajor + layoutMinor
	if version >= ours {
		return nil
	}
	_, err := s.once(fmt.Sprintf("PRAGMA user_version = %d", ours))
	return err
}

func layoutName(version int) string {
	return fmt.Sprintf("%d.%d", version/minorsPerMajor, version%minorsPerMajor)
}
