set -o; set -o nounset noclobber; set +o | grep -E 'nounset|noclobber|pipefail'
