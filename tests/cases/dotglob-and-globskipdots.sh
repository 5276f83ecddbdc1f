mkdir d; touch .x a d/.y; shopt -s dotglob; echo *; echo d/*; echo */.*; shopt -u dotglob; echo .*; shopt -u globskipdots; echo .*; echo .?; echo d/.*; echo *
