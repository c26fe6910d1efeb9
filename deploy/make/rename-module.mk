# The module path is a placeholder until its owner names one: make rename-module PREFIX=example.com/lcm
OLD_PREFIX := github.com/lablet-cloud-manager/lcm

.PHONY: rename-module
rename-module: ## Change the module path prefix (PREFIX=...)
	@test -n "$(PREFIX)" || { echo "usage: make rename-module PREFIX=example.com/lcm"; exit 2; }
	git ls-files | grep -E '(\.go|go\.mod|\.md|\.yml|rename-module\.mk)$$' | xargs sed -i 's#$(OLD_PREFIX)#$(PREFIX)#g'
