#include "lanbridge/agent/agent.hpp"

int main(int argc, char** argv) { return lanbridge::agent::run(argc, argv); }
