// Command-line flags as `--name=value` or `--name value`.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

class Flags {
 public:
  // Takes the flags that `defaults` names; any other one ends the program.
  Flags(int argc, char** argv, std::map<std::string, std::string> defaults) : values_(std::move(defaults)) {
    for (int i = 1; i < argc; i++) {
      std::string argument = argv[i];
      const size_t equals = argument.find('=');
      const std::string name = argument.substr(0, equals);
      if (name.compare(0, 2, "--") != 0 || values_.count(name.substr(2)) == 0) Fail("unknown flag " + name);
      if (equals == std::string::npos && ++i == argc) Fail("no value for " + name);
      values_[name.substr(2)] = equals == std::string::npos ? argv[i] : argument.substr(equals + 1);
    }
  }

  const std::string& operator[](const std::string& name) const { return values_.at(name); }

  int Number(const std::string& name) const { return std::stoi(values_.at(name)); }

  bool IsTrue(const std::string& name) const { return values_.at(name) == "true"; }

  // The content of the file that the flag names.
  std::string Content(const std::string& name) const {
    std::ifstream file(values_.at(name));
    if (!file) Fail("cannot read '" + values_.at(name) + "' of --" + name);
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
  }

 private:
  [[noreturn]] static void Fail(const std::string& message) {
    std::cerr << message << std::endl;
    std::exit(1);
  }

  std::map<std::string, std::string> values_;
};
