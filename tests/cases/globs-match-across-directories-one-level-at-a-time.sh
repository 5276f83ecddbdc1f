# A slash is matched only by a slash; a trailing slash keeps directories.
mkdir d; cd d; mkdir -p p/q r; touch p/f p/q/g r/f s
echo */f / p/* / */*/* / */ / p/q?*
