package inbox

import (
	"encoding/json"
	"strings"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
)

// newsOf reads what an event tells; known is false for a type that nobody here listens to.
func newsOf(e Event) (news command.News, known bool) {
	name := withoutVersion(e.Type)
	// The prefix of the LDS families is a setting over there; all of them go on alike.
	for _, family := range []string{"lds.session.", "lds.sessionpart."} {
		if at := strings.Index(name, family); at == 0 || at > 0 && name[at-1] == '.' {
			kind, known := sessionNews(name[at+len("lds."):])
			return sessionSubject(e, kind), known
		}
	}
	switch name {
	case "assessment.collection.completed", "assessment.collection.failed", "assessment.grading.completed", "assessment.grading.failed",
		"grading.session.completed", "grading.session.failed":
		return gradingSubject(e), true
	default:
		return command.News{}, false
	}
}

// withoutVersion takes a trailing .v1 off.
func withoutVersion(kind string) string {
	if at := strings.LastIndex(kind, ".v"); at > 0 && strings.Trim(kind[at+2:], "0123456789") == "" {
		return kind[:at]
	}
	return kind
}

// sessionNews tells what a happening of an LDS session means. A part is looked at, not believed: the session has the say.
func sessionNews(happening string) (command.NewsKind, bool) {
	switch happening {
	case "session.running", "session.started":
		return command.NewsBegan, true
	case "session.userfinished", "session.ended", "session.finalized":
		return command.NewsFinished, true
	case "session.paused", "session.restarted", "sessionpart.running", "sessionpart.userfinished", "sessionpart.finalized":
		return command.NewsOther, true
	default:
		return "", false
	}
}

// sessionSubject finds ids of the instance. An id that is LDS's for sure leaves no doubt; the others are ambiguous in the
// field: senders put their own id or ours there.
func sessionSubject(e Event, kind command.NewsKind) command.News {
	fields := fieldsOf(e.Data)
	news := command.News{News: instance.News{Source: e.Source, Type: e.Type, EventID: e.ID}, Kind: kind}
	if sure := present(fields["ldssessionid"]); len(sure) > 0 {
		news.Sessions = sure
		return news
	}
	either := present(fields["aggregateid"], fields["sessionid"], e.Subject)
	news.Sessions = either
	news.Instances = append(present(fields["labletinstanceid"], fields["instanceid"]), either...)
	return news
}

// gradingSubject finds ids of the instance: the engine's session has the instance's id.
func gradingSubject(e Event) command.News {
	fields := fieldsOf(e.Data)
	return command.News{
		News: instance.News{Source: e.Source, Type: e.Type, EventID: e.ID}, Kind: command.NewsOther,
		Instances: present(fields["aggregateid"], fields["sessionid"], fields["gradingsessionid"], e.Subject),
	}
}

// fieldsOf gives the texts of an event's data by their names, in one spelling: session_id and sessionId are sessionid.
func fieldsOf(data json.RawMessage) map[string]string {
	var raw map[string]any
	if json.Unmarshal(data, &raw) != nil {
		return nil
	}
	fields := make(map[string]string, len(raw))
	for name, value := range raw {
		if text, ok := value.(string); ok {
			fields[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = text
		}
	}
	return fields
}

// maxRef is the longest id that is looked for.
const maxRef = 128

// present leaves out what is empty, too long or there already.
func present(values ...string) (all []string) {
	seen := map[string]bool{}
	for _, value := range values {
		if value != "" && len(value) <= maxRef && !strings.ContainsRune(value, 0) && !seen[value] {
			seen[value] = true
			all = append(all, value)
		}
	}
	return all
}
