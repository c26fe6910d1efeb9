package lifecycle

// TaskStatus tells how far a long-running request has come.
type TaskStatus string

// The statuses of a task.
const (
	TaskPending    TaskStatus = "pending"
	TaskInProgress TaskStatus = "in_progress"
	TaskCompleted  TaskStatus = "completed"
	TaskFailed     TaskStatus = "failed"
	TaskCancelled  TaskStatus = "cancelled"
)

// Tasks is the table of a task. It is strict: what is finished stays as it is.
func Tasks() Table[TaskStatus] {
	return newTable("task",
		Row[TaskStatus]{TaskPending, []TaskStatus{TaskInProgress, TaskCompleted, TaskFailed, TaskCancelled}},
		Row[TaskStatus]{TaskInProgress, []TaskStatus{TaskCompleted, TaskFailed, TaskCancelled}},
		Row[TaskStatus]{TaskCompleted, nil},
		Row[TaskStatus]{TaskFailed, nil},
		Row[TaskStatus]{TaskCancelled, nil},
	)
}
