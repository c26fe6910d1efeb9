package assign

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/placement"
	"github.com/lablet-cloud-manager/lcm/resource-scheduler/internal/scaling"
)

// conditionPlaced is the condition that tells why an instance waits.
const conditionPlaced = "Placed"

// explain tells each waiting instance why it waits and where it stands, where that has changed since it was told last.
func (r *Reconciler) explain(ctx context.Context, decisions []placement.Decision, outlooks []scaling.Outlook, blocked []readmodel.Instance) error {
	byID := map[string]scaling.Outlook{}
	for _, o := range outlooks {
		byID[o.Lab.Instance.ID] = o
	}
	position := 0
	for _, d := range decisions {
		outlook, waits := byID[d.Lab.Instance.ID]
		if !waits {
			continue
		}
		position++
		if err := r.tell(ctx, d.Lab.Instance, position, outlook.Code, message(position, outlook, d.Refusals)); err != nil {
			return err
		}
	}
	for _, i := range blocked {
		if err := r.tell(ctx, i, 0, "definition_unknown", "The lab's definition is not known to the scheduler yet."); err != nil {
			return err
		}
	}
	return nil
}

func message(position int, o scaling.Outlook, refusals []placement.Refusal) string {
	text := fmt.Sprintf("Number %d in the queue. %s", position, o.Message)
	if summary := summarise(refusals); summary != "" {
		text += " Workers: " + summary + "."
	}
	return text
}

// summarise counts the refusals by filter, with one worker's words for each.
func summarise(refusals []placement.Refusal) string {
	counts, sample := map[placement.Category]int{}, map[placement.Category]string{}
	for _, r := range refusals {
		counts[r.Category]++
		if _, ok := sample[r.Category]; !ok {
			sample[r.Category] = r.Detail
		}
	}
	var parts []string
	for _, category := range []placement.Category{placement.NotPlaceable, placement.License, placement.Capacity, placement.AMI, placement.Ports} {
		if counts[category] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s (%s)", counts[category], category, sample[category]))
		}
	}
	return strings.Join(parts, ", ")
}

func (r *Reconciler) tell(ctx context.Context, i readmodel.Instance, position int, reason, text string) error {
	known, ok := readmodel.FindCondition(i.Conditions, conditionPlaced)
	if ok && known.Reason == reason && known.Message == text && known.Position == position && known.Status == readmodel.ConditionFalse {
		return nil
	}
	_, err := r.commands.InstanceConditions(ctx, api.SetConditions{ID: i.ID, Body: api.SetConditionsBody{Conditions: []readmodel.Condition{
		{Type: conditionPlaced, Status: readmodel.ConditionFalse, Reason: reason, Message: clip(text), Position: position},
	}}})
	if failure.Is(err, failure.NotFound) || failure.Is(err, failure.Conflict) {
		r.log.InfoContext(ctx, "instance moved on before it was told why it waits", slog.String("instance", i.ID))
		return nil
	}
	return err
}

const maxMessage = 1000

func clip(text string) string {
	if len(text) <= maxMessage {
		return text
	}
	return strings.ToValidUTF8(text[:maxMessage], "")
}
